"""Types of volumes and their sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STRUCTS: Final[Mapping[str, str]] = {
    "Volume": """
        name string !
        hostPath HostPathVolumeSource
        emptyDir EmptyDirVolumeSource
        gcePersistentDisk GCEPersistentDiskVolumeSource go=GCEPersistentDisk
        awsElasticBlockStore AWSElasticBlockStoreVolumeSource go=AWSElasticBlockStore
        gitRepo GitRepoVolumeSource
        secret SecretVolumeSource
        nfs NFSVolumeSource go=NFS
        iscsi ISCSIVolumeSource go=ISCSI
        glusterfs GlusterfsVolumeSource
        persistentVolumeClaim PersistentVolumeClaimVolumeSource
        rbd RBDVolumeSource go=RBD
        flexVolume FlexVolumeSource
        cinder CinderVolumeSource
        cephfs CephFSVolumeSource go=CephFS
        flocker FlockerVolumeSource
        downwardAPI DownwardAPIVolumeSource
        fc FCVolumeSource go=FC
        azureFile AzureFileVolumeSource
        configMap ConfigMapVolumeSource
        vsphereVolume VsphereVirtualDiskVolumeSource
        quobyte QuobyteVolumeSource
        azureDisk AzureDiskVolumeSource
        photonPersistentDisk PhotonPersistentDiskVolumeSource
        projected ProjectedVolumeSource
        portworxVolume PortworxVolumeSource
        scaleIO ScaleIOVolumeSource
        storageos StorageOSVolumeSource go=StorageOS
        csi CSIVolumeSource since=1.15 on=1.16 go=CSI
        ephemeral EphemeralVolumeSource since=1.19 on=1.21
        image ImageVolumeSource since=1.31 on=1.33
    """,
    "ProjectedVolumeSource": "sources []VolumeProjection !\ndefaultMode int32 *",
    "VolumeProjection": """
        secret SecretProjection
        downwardAPI DownwardAPIProjection
        configMap ConfigMapProjection
        serviceAccountToken ServiceAccountTokenProjection since=1.11 on=1.12
        clusterTrustBundle ClusterTrustBundleProjection since=1.29 on=1.37
        podCertificate PodCertificateProjection since=1.34 on=1.37
    """,
    "SecretProjection": "name string\nitems []KeyToPath\noptional bool *",
    "ConfigMapProjection": "name string\nitems []KeyToPath\noptional bool *",
    "DownwardAPIProjection": "items []DownwardAPIVolumeFile",
    "ServiceAccountTokenProjection": "audience string\nexpirationSeconds int64 *\npath string !",
    "ClusterTrustBundleProjection": """
        name string *
        signerName string *
        labelSelector LabelSelector
        optional bool *
        path string !
    """,
    "PodCertificateProjection": """
        signerName string
        keyType string
        maxExpirationSeconds int32 *
        credentialBundlePath string
        keyPath string
        certificateChainPath string
        userAnnotations {}string
    """,
    "KeyToPath": "key string !\npath string !\nmode int32 *",
    "DownwardAPIVolumeFile": """
        path string !
        fieldRef ObjectFieldSelector
        resourceFieldRef ResourceFieldSelector
        mode int32 *
    """,
    "SecretVolumeSource": "secretName string\nitems []KeyToPath\ndefaultMode int32 *\noptional bool *",
    "ConfigMapVolumeSource": "name string\nitems []KeyToPath\ndefaultMode int32 *\noptional bool *",
    "DownwardAPIVolumeSource": "items []DownwardAPIVolumeFile\ndefaultMode int32 *",
    "HostPathVolumeSource": "path string !\ntype string * as=v1.HostPathType",
    "EmptyDirVolumeSource": "medium string as=v1.StorageMedium\nsizeLimit quantity *",
    "GitRepoVolumeSource": "repository string !\nrevision string\ndirectory string",
    "ImageVolumeSource": "reference string\npullPolicy string as=v1.PullPolicy",
    "FlexVolumeSource": """
        driver string !
        fsType string go=FSType
        secretRef LocalObjectReference
        readOnly bool
        options {}string
    """,
    "CSIVolumeSource": """
        driver string !
        readOnly bool *
        fsType string * go=FSType
        volumeAttributes {}string
        nodePublishSecretRef LocalObjectReference
    """,
    "GCEPersistentDiskVolumeSource": "pdName string !\nfsType string\npartition int32\nreadOnly bool",
    "AWSElasticBlockStoreVolumeSource": "volumeID string !\nfsType string\npartition int32\nreadOnly bool",
    "CinderVolumeSource": """
        volumeID string !
        fsType string
        readOnly bool
        secretRef LocalObjectReference since=1.12
    """,
    "FCVolumeSource": """
        targetWWNs []string
        lun int32 *
        fsType string
        readOnly bool
        wwids []string
    """,
    "AzureDiskVolumeSource": """
        diskName string !
        diskURI string !
        cachingMode string *
        fsType string *
        readOnly bool *
        kind string *
    """,
    "VsphereVirtualDiskVolumeSource": """
        volumePath string !
        fsType string
        storagePolicyName string
        storagePolicyID string
    """,
    "PhotonPersistentDiskVolumeSource": "pdID string !\nfsType string",
    "PortworxVolumeSource": "volumeID string !\nfsType string\nreadOnly bool",
    "ScaleIOVolumeSource": """
        gateway string !
        system string !
        secretRef LocalObjectReference !
        sslEnabled bool
        protectionDomain string
        storagePool string
        storageMode string
        volumeName string
        fsType string
        readOnly bool
    """,
    "StorageOSVolumeSource": """
        volumeName string
        volumeNamespace string
        fsType string
        readOnly bool
        secretRef LocalObjectReference
    """,
    "NFSVolumeSource": "server string !\npath string !\nreadOnly bool",
    "GlusterfsVolumeSource": "endpoints string !\npath string !\nreadOnly bool",
    "FlockerVolumeSource": "datasetName string\ndatasetUUID string",
    "AzureFileVolumeSource": "secretName string !\nshareName string !\nreadOnly bool",
    "ISCSIVolumeSource": """
        targetPortal string !
        iqn string !
        lun int32 !
        iscsiInterface string
        fsType string
        readOnly bool
        portals []string
        chapAuthDiscovery bool
        chapAuthSession bool
        secretRef LocalObjectReference
        initiatorName string *
    """,
    "RBDVolumeSource": """
        monitors []string !
        image string !
        fsType string
        pool string
        user string
        keyring string
        secretRef LocalObjectReference
        readOnly bool
    """,
    "CephFSVolumeSource": """
        monitors []string !
        path string
        user string
        secretFile string
        secretRef LocalObjectReference
        readOnly bool
    """,
    "QuobyteVolumeSource": """
        registry string !
        volume string !
        readOnly bool
        user string
        group string
        tenant string since=1.15
    """,
    "PersistentVolumeClaimVolumeSource": "claimName string !\nreadOnly bool",
    "EphemeralVolumeSource": "volumeClaimTemplate PersistentVolumeClaimTemplate",
    "PersistentVolumeClaimTemplate": "metadata ObjectMeta ! go=ObjectMeta\nspec PersistentVolumeClaimSpec !",
    "PersistentVolumeClaimSpec": """
        accessModes []string as=v1.PersistentVolumeAccessMode
        selector LabelSelector
        resources VolumeResourceRequirements !
        volumeName string
        storageClassName string *
        volumeMode string * as=v1.PersistentVolumeMode
        dataSource TypedLocalObjectReference since=1.12
        dataSourceRef TypedObjectReference since=1.22 on=1.24
        volumeAttributesClassName string * since=1.29 on=1.34
    """,
    "VolumeResourceRequirements": "limits {}quantity\nrequests {}quantity",
}
