namespace DistRec.Serving.Keys;

/// <summary>What a key of the API allows.</summary>
public enum ApiScope
{
    /// <summary>Asking: predictions, recommendations, similar items, what users rated, the catalogue, the map of the items, metrics.</summary>
    Read,

    /// <summary>Sending what users did and rated.</summary>
    Events,

    /// <summary>Everything: also models, jobs, keys, and what is told of the server and its cluster.</summary>
    Admin,
}

/// <summary>Scopes as text.</summary>
public static class ApiScopes
{
    /// <summary>The name of a scope: <c>read</c>, <c>events</c> or <c>admin</c>.</summary>
    public static string NameOf(ApiScope scope) => scope switch
    {
        ApiScope.Read => "read",
        ApiScope.Events => "events",
        ApiScope.Admin => "admin",
        _ => throw new ArgumentOutOfRangeException(nameof(scope), scope, "expected read, events or admin"),
    };

    /// <summary>Names with commas between them, as <see cref="TryParse"/> reads them.</summary>
    public static string Join(params IEnumerable<ApiScope> scopes) => string.Join(',', scopes.Select(NameOf));

    /// <summary>Reads names with commas between them.</summary>
    /// <param name="text">Such as <c>read,events</c>.</param>
    /// <param name="scopes">Each scope once, in the order of <see cref="ApiScope"/>.</param>
    /// <returns>Whether there is at least one, and nothing else.</returns>
    public static bool TryParse(string text, out IReadOnlyList<ApiScope> scopes)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] names = text.Split(',', StringSplitOptions.TrimEntries);
        scopes = [.. Enum.GetValues<ApiScope>().Where(scope => names.Contains(NameOf(scope), StringComparer.Ordinal))];
        return names.All(name => Enum.GetValues<ApiScope>().Any(scope => NameOf(scope) == name));
    }
}
