namespace DistRec.Data.Tests;

/// <summary>Published data sets, which are not part of the project; a test that needs a missing one is skipped by its name.</summary>
internal static class RealData
{
    public static string Path(string name)
    {
        string? root = Environment.GetEnvironmentVariable("DISTREC_DATA");
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); root is null && folder is not null; folder = folder.Parent)
        {
            string candidate = System.IO.Path.Combine(folder.FullName, "shared", "data");
            root = Directory.Exists(candidate) ? candidate : null;
        }

        string? path = root is null ? null : System.IO.Path.Combine(root, name);
        Skip.If(path is null || !Directory.Exists(path), $"data set {name} is not here; set DISTREC_DATA to the folder that holds it");
        return path!;
    }
}
