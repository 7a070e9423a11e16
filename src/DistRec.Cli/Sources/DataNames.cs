namespace DistRec.Cli.Sources;

/// <summary>The data sets that can be given by name.</summary>
internal static class DataNames
{
    public static IReadOnlyList<string> All { get; } = [.. DataSetCatalogue.All.Select(set => set.Name)];

    public static bool IsKnown(string name) => All.Contains(name, StringComparer.OrdinalIgnoreCase);
}
