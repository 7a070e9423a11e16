namespace DistRec.Cli.Sources;

/// <summary>Where downloaded data sets are kept.</summary>
internal static class DataCache
{
    /// <summary>Name of the variable that says where.</summary>
    public const string Variable = "DISTREC_CACHE";

    /// <summary>The folder: that of the variable, or <c>distrec/data</c> in the user's cache.</summary>
    public static string PathOf(CliHost host)
    {
        if (host.Variable(Variable) is { Length: > 0 } given)
        {
            return given;
        }

        string cache = host.Variable("XDG_CACHE_HOME") is { Length: > 0 } standard
            ? standard
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "distrec", "data");
    }
}
