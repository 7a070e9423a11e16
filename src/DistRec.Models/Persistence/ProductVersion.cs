using System.Reflection;

namespace DistRec.Models.Persistence;

/// <summary>Which DistRec this is: what trains a model says so in its description.</summary>
public static class ProductVersion
{
    private static readonly string[] Parts = (typeof(ProductVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+', 2);

    /// <summary>The version number.</summary>
    public static string Number => Parts[0];

    /// <summary>The git commit it was built from, or null.</summary>
    public static string? Commit => Parts.Length > 1 ? Parts[1] : null;
}
