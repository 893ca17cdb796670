"""Types of containers: environment, ports, probes, resources, security."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

COMMON: Final = """
    name string !
    image string
    command []string
    args []string
    workingDir string
    ports []ContainerPort merge=containerPort keys=containerPort,protocol
    envFrom []EnvFromSource
    env []EnvVar merge=name keys=name
    resources ResourceRequirements !
    resizePolicy []ContainerResizePolicy since=1.27 on=1.33
    restartPolicy string * as=v1.ContainerRestartPolicy since=1.28 on=1.29
    restartPolicyRules []ContainerRestartRule since=1.34 on=1.35
    volumeMounts []VolumeMount merge=mountPath keys=mountPath
    volumeDevices []VolumeDevice merge=devicePath keys=devicePath on=1.13
    livenessProbe Probe
    readinessProbe Probe
    startupProbe Probe since=1.16 on=1.18
    lifecycle Lifecycle
    terminationMessagePath string
    terminationMessagePolicy string as=v1.TerminationMessagePolicy
    imagePullPolicy string as=v1.PullPolicy
    securityContext SecurityContext
    stdin bool
    stdinOnce bool
    tty bool go=TTY
"""

STRUCTS: Final[Mapping[str, str]] = {
    "Container": COMMON,
    "EphemeralContainer": COMMON + "targetContainerName string",
    "ContainerPort": """
        name string
        hostPort int32
        containerPort int32 !
        protocol string as=v1.Protocol
        hostIP string
    """,
    "EnvFromSource": """
        prefix string
        configMapRef ConfigMapEnvSource
        secretRef SecretEnvSource
    """,
    "ConfigMapEnvSource": "name string\noptional bool *",
    "SecretEnvSource": "name string\noptional bool *",
    "EnvVar": """
        name string !
        value string
        valueFrom EnvVarSource
    """,
    "EnvVarSource": """
        fieldRef ObjectFieldSelector
        resourceFieldRef ResourceFieldSelector
        configMapKeyRef ConfigMapKeySelector
        secretKeyRef SecretKeySelector
        fileKeyRef FileKeySelector since=1.34 on=1.35
    """,
    "ObjectFieldSelector atomic": """
        apiVersion string go=APIVersion
        fieldPath string !
    """,
    "ResourceFieldSelector atomic": """
        containerName string
        resource string !
        divisor quantity !
    """,
    "ConfigMapKeySelector atomic": "name string\nkey string !\noptional bool *",
    "SecretKeySelector atomic": "name string\nkey string !\noptional bool *",
    "FileKeySelector atomic": """
        volumeName string !
        path string !
        key string !
        optional bool *
    """,
    "VolumeMount": """
        name string !
        readOnly bool
        recursiveReadOnly string * as=v1.RecursiveReadOnlyMode since=1.30 on=1.31
        mountPath string !
        subPath string
        mountPropagation string * as=v1.MountPropagationMode
        subPathExpr string since=1.14 on=1.15
    """,
    "VolumeDevice": "name string !\ndevicePath string !",
    "Handler": """
        exec ExecAction
        httpGet HTTPGetAction go=HTTPGet
        tcpSocket TCPSocketAction go=TCPSocket
    """,
    "LifecycleHandler": """
        Handler
        sleep SleepAction since=1.29 on=1.30
    """,
    "Lifecycle": """
        postStart LifecycleHandler
        preStop LifecycleHandler
        stopSignal string * since=1.33 on=1.37
    """,
    "Probe": """
        Handler
        grpc GRPCAction since=1.23 go=GRPC
        initialDelaySeconds int32
        timeoutSeconds int32
        periodSeconds int32
        successThreshold int32
        failureThreshold int32
        terminationGracePeriodSeconds int64 * since=1.21 on=1.22
    """,
    "ExecAction": "command []string",
    "HTTPGetAction": """
        path string
        port int-or-string !
        host string
        scheme string as=v1.URIScheme
        httpHeaders []HTTPHeader go=HTTPHeaders
    """,
    "HTTPHeader": "name string !\nvalue string !",
    "TCPSocketAction": "port int-or-string !\nhost string",
    "GRPCAction": "port int32 !\nservice string *",
    "SleepAction": "seconds int64 !",
    "ResourceRequirements": """
        limits {}quantity
        requests {}quantity
        claims []ResourceClaim keys=name since=1.26 on=1.32
    """,
    "ResourceClaim": "name string !\nrequest string since=1.31",
    "ContainerResizePolicy": "resourceName string !\nrestartPolicy string !",
    "ContainerRestartRule": "action string !\nexitCodes ContainerRestartRuleOnExitCodes",
    "ContainerRestartRuleOnExitCodes": "operator string !\nvalues []int32 set",
    "SecurityContext": """
        capabilities Capabilities
        privileged bool *
        seLinuxOptions SELinuxOptions go=SELinuxOptions
        windowsOptions WindowsSecurityContextOptions since=1.15
        runAsUser int64 *
        runAsGroup int64 * on=1.14
        runAsNonRoot bool *
        readOnlyRootFilesystem bool *
        allowPrivilegeEscalation bool *
        procMount string * as=v1.ProcMountType since=1.12 on=1.33
        seccompProfile SeccompProfile since=1.19
        appArmorProfile AppArmorProfile since=1.30
    """,
    "Capabilities": "add []string as=v1.Capability\ndrop []string as=v1.Capability",
    "SELinuxOptions": "user string\nrole string\ntype string\nlevel string",
    "WindowsSecurityContextOptions": """
        gmsaCredentialSpecName string * go=GMSACredentialSpecName
        gmsaCredentialSpec string * go=GMSACredentialSpec
        runAsUserName string * since=1.16 on=1.17
        hostProcess bool * since=1.22 on=1.23
    """,
    "SeccompProfile": "type string ! as=v1.SeccompProfileType\nlocalhostProfile string *",
    "AppArmorProfile": "type string ! as=v1.AppArmorProfileType\nlocalhostProfile string *",
}
