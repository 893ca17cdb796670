"""Types of volumes and their sources."""

from __future__ import annotations

from sanb.apiserver.types.base import Types


def add(types: Types) -> None:
    """Put them into the registry."""
    types.add("Volume", """
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
    """)
    _projected(types)
    _local(types)
    _disks(types)
    _network(types)
    _claims(types)


def _projected(types: Types) -> None:
    types.add("ProjectedVolumeSource", "sources []VolumeProjection !\ndefaultMode int32 *")
    types.add("VolumeProjection", """
        secret SecretProjection
        downwardAPI DownwardAPIProjection
        configMap ConfigMapProjection
        serviceAccountToken ServiceAccountTokenProjection since=1.11 on=1.12
        clusterTrustBundle ClusterTrustBundleProjection since=1.29 on=1.37
        podCertificate PodCertificateProjection since=1.34 on=1.37
    """)
    types.add("SecretProjection", "name string\nitems []KeyToPath\noptional bool *")
    types.add("ConfigMapProjection", "name string\nitems []KeyToPath\noptional bool *")
    types.add("DownwardAPIProjection", "items []DownwardAPIVolumeFile")
    types.add("ServiceAccountTokenProjection", "audience string\nexpirationSeconds int64 *\npath string !")
    types.add("ClusterTrustBundleProjection", """
        name string *
        signerName string *
        labelSelector LabelSelector
        optional bool *
        path string !
    """)
    types.add("PodCertificateProjection", """
        signerName string
        keyType string
        maxExpirationSeconds int32 *
        credentialBundlePath string
        keyPath string
        certificateChainPath string
        userAnnotations {}string
    """)
    types.add("KeyToPath", "key string !\npath string !\nmode int32 *")
    types.add("DownwardAPIVolumeFile", """
        path string !
        fieldRef ObjectFieldSelector
        resourceFieldRef ResourceFieldSelector
        mode int32 *
    """)


def _local(types: Types) -> None:
    types.add("SecretVolumeSource", "secretName string\nitems []KeyToPath\ndefaultMode int32 *\noptional bool *")
    types.add("ConfigMapVolumeSource", "name string\nitems []KeyToPath\ndefaultMode int32 *\noptional bool *")
    types.add("DownwardAPIVolumeSource", "items []DownwardAPIVolumeFile\ndefaultMode int32 *")
    types.add("HostPathVolumeSource", "path string !\ntype string * as=v1.HostPathType")
    types.add("EmptyDirVolumeSource", "medium string as=v1.StorageMedium\nsizeLimit quantity *")
    types.add("GitRepoVolumeSource", "repository string !\nrevision string\ndirectory string")
    types.add("ImageVolumeSource", "reference string\npullPolicy string as=v1.PullPolicy")
    types.add("FlexVolumeSource", """
        driver string !
        fsType string go=FSType
        secretRef LocalObjectReference
        readOnly bool
        options {}string
    """)
    types.add("CSIVolumeSource", """
        driver string !
        readOnly bool *
        fsType string * go=FSType
        volumeAttributes {}string
        nodePublishSecretRef LocalObjectReference
    """)


def _disks(types: Types) -> None:
    types.add("GCEPersistentDiskVolumeSource", "pdName string !\nfsType string\npartition int32\nreadOnly bool")
    types.add("AWSElasticBlockStoreVolumeSource", "volumeID string !\nfsType string\npartition int32\nreadOnly bool")
    types.add("CinderVolumeSource", """
        volumeID string !
        fsType string
        readOnly bool
        secretRef LocalObjectReference since=1.12
    """)
    types.add("FCVolumeSource", """
        targetWWNs []string
        lun int32 *
        fsType string
        readOnly bool
        wwids []string
    """)
    types.add("AzureDiskVolumeSource", """
        diskName string !
        diskURI string !
        cachingMode string *
        fsType string *
        readOnly bool *
        kind string *
    """)
    types.add("VsphereVirtualDiskVolumeSource", """
        volumePath string !
        fsType string
        storagePolicyName string
        storagePolicyID string
    """)
    types.add("PhotonPersistentDiskVolumeSource", "pdID string !\nfsType string")
    types.add("PortworxVolumeSource", "volumeID string !\nfsType string\nreadOnly bool")
    types.add("ScaleIOVolumeSource", """
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
    """)
    types.add("StorageOSVolumeSource", """
        volumeName string
        volumeNamespace string
        fsType string
        readOnly bool
        secretRef LocalObjectReference
    """)


def _network(types: Types) -> None:
    types.add("NFSVolumeSource", "server string !\npath string !\nreadOnly bool")
    types.add("GlusterfsVolumeSource", "endpoints string !\npath string !\nreadOnly bool")
    types.add("FlockerVolumeSource", "datasetName string\ndatasetUUID string")
    types.add("AzureFileVolumeSource", "secretName string !\nshareName string !\nreadOnly bool")
    types.add("ISCSIVolumeSource", """
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
    """)
    types.add("RBDVolumeSource", """
        monitors []string !
        image string !
        fsType string
        pool string
        user string
        keyring string
        secretRef LocalObjectReference
        readOnly bool
    """)
    types.add("CephFSVolumeSource", """
        monitors []string !
        path string
        user string
        secretFile string
        secretRef LocalObjectReference
        readOnly bool
    """)
    types.add("QuobyteVolumeSource", """
        registry string !
        volume string !
        readOnly bool
        user string
        group string
        tenant string since=1.15
    """)


def _claims(types: Types) -> None:
    types.add("PersistentVolumeClaimVolumeSource", "claimName string !\nreadOnly bool")
    types.add("EphemeralVolumeSource", "volumeClaimTemplate PersistentVolumeClaimTemplate")
    types.add("PersistentVolumeClaimTemplate", "metadata ObjectMeta ! go=ObjectMeta\nspec PersistentVolumeClaimSpec !")
    types.add("PersistentVolumeClaimSpec", """
        accessModes []string as=v1.PersistentVolumeAccessMode
        selector LabelSelector
        resources VolumeResourceRequirements !
        volumeName string
        storageClassName string *
        volumeMode string * as=v1.PersistentVolumeMode
        dataSource TypedLocalObjectReference
        dataSourceRef TypedObjectReference since=1.22 on=1.24
        volumeAttributesClassName string * since=1.29 on=1.34
    """)
    types.add("VolumeResourceRequirements", "limits {}quantity\nrequests {}quantity")
