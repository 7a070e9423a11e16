using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DistRec.Training.Blocks;
using Microsoft.AspNetCore.Http;

namespace DistRec.Cluster.Blocks;

/// <summary>What a pull says in its path and query; the selection is its body.</summary>
/// <param name="Key">The block.</param>
/// <param name="TypeName">Full name of the type that the puller expects.</param>
/// <param name="Drops">
/// How many drops of jobs the owner had seen when it last answered "not yet", so that one between two requests of a pull is not
/// missed; null in a pull's first request.
/// </param>
internal sealed record BlockRequest(BlockKey Key, string TypeName, long? Drops)
{
    public const string Path = "/blocks";

    /// <summary>Header of "not yet": the next request's <see cref="Drops"/>.</summary>
    public const string DropsHeader = "Block-Drops";

    /// <summary>Bytes of the CRC-32C that follows a block, little-endian; the content length counts them.</summary>
    public const int ChecksumBytes = sizeof(uint);

    // Names of keys come from users: as parts of a query they may hold any character.
    public string PathAndQuery => string.Create(
        CultureInfo.InvariantCulture,
        $"{Path}?job={Escape(Key.Job)}&round={Key.Round}&name={Escape(Key.Name)}&from={Key.From}&to={Key.To}&step={Key.Step}")
        + $"&type={Escape(TypeName)}"
        + (Drops is { } drops ? string.Create(CultureInfo.InvariantCulture, $"&drops={drops}") : "");

    /// <summary>Reads a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="request">What it says.</param>
    /// <param name="fault">What is wrong with it.</param>
    public static bool TryParse(IQueryCollection query, [NotNullWhen(true)] out BlockRequest? request, out string fault)
    {
        request = null;
        fault = "";
        if (Text(query, "job", ref fault) is { } job
            && Number<long>(query, "round", ref fault) is { } round
            && Text(query, "name", ref fault) is { } name
            && Number<int>(query, "from", ref fault) is { } from
            && Number<int>(query, "to", ref fault) is { } to
            && Number<int>(query, "step", ref fault) is { } step
            && Text(query, "type", ref fault) is { } type)
        {
            long? drops = query.ContainsKey("drops") ? Number<long>(query, "drops", ref fault) : null;
            request = new BlockRequest(new BlockKey(job, round, name, from, to, step), type, drops);
        }

        return request is not null && fault.Length == 0;
    }

    private static string Escape(string text) => Uri.EscapeDataString(text);

    private static string? Text(IQueryCollection query, string name, ref string fault)
    {
        if (query[name] is [{ } text])
        {
            return text;
        }

        fault = $"expected one '{name}' in the query, found {query[name].Count}";
        return null;
    }

    private static T? Number<T>(IQueryCollection query, string name, ref string fault)
        where T : struct, ISpanParsable<T>
    {
        if (query[name] is [{ } text] && T.TryParse(text, CultureInfo.InvariantCulture, out T number))
        {
            return number;
        }

        fault = $"expected one whole number '{name}' in the query, found '{query[name]}'";
        return null;
    }
}
