"""Types of storage: PersistentVolumes, their claims and their classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver.types.meta import HEAD

STRUCTS: Final[Mapping[str, str]] = {
    "PersistentVolumeClaim": HEAD + "spec PersistentVolumeClaimSpec !\nstatus PersistentVolumeClaimStatus !",
    "PersistentVolumeClaimStatus": """
        phase string as=v1.PersistentVolumeClaimPhase
        accessModes []string as=v1.PersistentVolumeAccessMode
        capacity {}quantity
        conditions []PersistentVolumeClaimCondition merge=type keys=type
        allocatedResources {}quantity since=1.23 on=1.32
        allocatedResourceStatuses {}string since=1.28 on=1.32
        currentVolumeAttributesClassName string * since=1.29 on=1.34
        modifyVolumeStatus ModifyVolumeStatus since=1.29 on=1.34
    """,
    "ModifyVolumeStatus": "targetVolumeAttributesClassName string\nstatus string !",
    "PersistentVolumeClaimCondition": """
        type string !
        status string !
        lastProbeTime time
        lastTransitionTime time
        reason string
        message string
    """,
    "PersistentVolume": HEAD + "spec PersistentVolumeSpec !\nstatus PersistentVolumeStatus !",
    "PersistentVolumeSpec": """
        capacity {}quantity
        gcePersistentDisk GCEPersistentDiskVolumeSource go=GCEPersistentDisk
        awsElasticBlockStore AWSElasticBlockStoreVolumeSource go=AWSElasticBlockStore
        hostPath HostPathVolumeSource
        glusterfs GlusterfsPersistentVolumeSource
        nfs NFSVolumeSource go=NFS
        rbd RBDPersistentVolumeSource go=RBD
        iscsi ISCSIPersistentVolumeSource go=ISCSI
        cinder CinderPersistentVolumeSource
        cephfs CephFSPersistentVolumeSource go=CephFS
        fc FCVolumeSource go=FC
        flocker FlockerVolumeSource
        flexVolume FlexPersistentVolumeSource
        azureFile AzureFilePersistentVolumeSource
        vsphereVolume VsphereVirtualDiskVolumeSource
        quobyte QuobyteVolumeSource
        azureDisk AzureDiskVolumeSource
        photonPersistentDisk PhotonPersistentDiskVolumeSource
        portworxVolume PortworxVolumeSource
        scaleIO ScaleIOPersistentVolumeSource
        local LocalVolumeSource
        storageos StorageOSPersistentVolumeSource go=StorageOS
        csi CSIPersistentVolumeSource go=CSI
        accessModes []string as=v1.PersistentVolumeAccessMode
        claimRef ObjectReference
        persistentVolumeReclaimPolicy string as=v1.PersistentVolumeReclaimPolicy
        storageClassName string
        mountOptions []string
        volumeMode string * as=v1.PersistentVolumeMode
        nodeAffinity VolumeNodeAffinity
        volumeAttributesClassName string * since=1.29 on=1.34
    """,
    "GlusterfsPersistentVolumeSource": """
        endpoints string !
        path string !
        readOnly bool
        endpointsNamespace string *
    """,
    "RBDPersistentVolumeSource": """
        monitors []string !
        image string !
        fsType string
        pool string
        user string
        keyring string
        secretRef SecretReference
        readOnly bool
    """,
    "ISCSIPersistentVolumeSource": """
        targetPortal string !
        iqn string !
        lun int32 !
        iscsiInterface string
        fsType string
        readOnly bool
        portals []string
        chapAuthDiscovery bool
        chapAuthSession bool
        secretRef SecretReference
        initiatorName string *
    """,
    "CinderPersistentVolumeSource": "volumeID string !\nfsType string\nreadOnly bool\nsecretRef SecretReference since=1.11",
    "CephFSPersistentVolumeSource": """
        monitors []string !
        path string
        user string
        secretFile string
        secretRef SecretReference
        readOnly bool
    """,
    "FlexPersistentVolumeSource": """
        driver string !
        fsType string
        secretRef SecretReference
        readOnly bool
        options {}string
    """,
    "AzureFilePersistentVolumeSource": """
        secretName string !
        shareName string !
        readOnly bool
        secretNamespace string * !
    """,
    "ScaleIOPersistentVolumeSource": """
        gateway string !
        system string !
        secretRef SecretReference * !
        sslEnabled bool
        protectionDomain string
        storagePool string
        storageMode string
        volumeName string
        fsType string
        readOnly bool
    """,
    "LocalVolumeSource": "path string !\nfsType string * since=1.12",
    "StorageOSPersistentVolumeSource": """
        volumeName string
        volumeNamespace string
        fsType string
        readOnly bool
        secretRef ObjectReference
    """,
    "CSIPersistentVolumeSource": """
        driver string !
        volumeHandle string !
        readOnly bool
        fsType string
        volumeAttributes {}string
        controllerPublishSecretRef SecretReference
        nodeStageSecretRef SecretReference
        nodePublishSecretRef SecretReference
        controllerExpandSecretRef SecretReference since=1.14
        nodeExpandSecretRef SecretReference since=1.25
    """,
    "SecretReference atomic": "name string\nnamespace string",
    "VolumeNodeAffinity": "required NodeSelector",
    "PersistentVolumeStatus": """
        phase string as=v1.PersistentVolumePhase
        message string
        reason string
        lastPhaseTransitionTime time since=1.28 on=1.29
    """,
    "StorageClass": HEAD + """
        provisioner string !
        parameters {}string
        reclaimPolicy string * as=v1.PersistentVolumeReclaimPolicy
        mountOptions []string
        allowVolumeExpansion bool *
        volumeBindingMode string * as=v1.VolumeBindingMode
        allowedTopologies []TopologySelectorTerm since=1.11
    """,
    "TopologySelectorTerm atomic": "matchLabelExpressions []TopologySelectorLabelRequirement",
    "TopologySelectorLabelRequirement": "key string !\nvalues []string !",
}
