namespace DistRec.Cluster.Hosting;

/// <summary>The release of DistRec that this process runs.</summary>
internal static class Release
{
    /// <summary>Its version, such as 0.1.0.</summary>
    public static string Version { get; } = typeof(Release).Assembly.GetName().Version!.ToString(3);
}
