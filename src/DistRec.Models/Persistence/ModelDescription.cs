using System.Text.Json;

namespace DistRec.Models.Persistence;

/// <summary>What a model is and where it comes from, without its numbers: the contents of <c>model.json</c>.</summary>
public sealed record ModelDescription
{
    /// <summary>The format this version writes, and the only one it reads.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>Version of the folder's layout.</summary>
    public int FormatVersion { get; init; } = CurrentFormatVersion;

    /// <summary>Name of the model as typed: <c>baseline</c>, <c>mf</c>, <c>als</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The options it was trained with, by their names in options files; any JSON value.</summary>
    public IReadOnlyDictionary<string, JsonElement> Options { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>
    /// The options of the command that trained it, by name as they were typed, paths in full: what training it again begins with; null where that is not known.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Command { get; init; }

    /// <summary>Final figures by name, such as <c>validationRmse</c>; finite.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>What the data set is called.</summary>
    public required string DataName { get; init; }

    /// <summary>SHA-256 over the data set, as lower-case hex.</summary>
    public required string DataFingerprint { get; init; }

    /// <summary>Number of users. Set on save.</summary>
    public int UserCount { get; init; }

    /// <summary>Number of items. Set on save.</summary>
    public int ItemCount { get; init; }

    /// <summary>Number of training ratings stored with the model, 0 where they are not. Set on save.</summary>
    public long RatingCount { get; init; }

    /// <summary>k, 0 for a model without factors. Set on save.</summary>
    public int Rank { get; init; }

    /// <summary>Version of DistRec that trained the model.</summary>
    public required string DistRecVersion { get; init; }

    /// <summary>Git commit of that version, where known.</summary>
    public string? GitCommit { get; init; }

    /// <summary><see cref="ModelHash"/> of the model. Set on save, checked on load.</summary>
    public string? ModelSha256 { get; init; }

    /// <summary>When training ended, as the caller's clock told it.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Least rating that counted as 1 where a model learned to classify ratings; null where its targets were 0 and 1 already.</summary>
    public float? MinPositive() =>
        Options.TryGetValue("positiveFrom", out JsonElement option) && option.ValueKind == JsonValueKind.Number && option.TryGetSingle(out float least) && float.IsFinite(least)
            ? least
            : null;

    /// <summary>An options dictionary of plain values.</summary>
    /// <param name="options">Names and values that JSON has a form for: numbers, text, booleans, null, arrays and dictionaries of these.</param>
    public static IReadOnlyDictionary<string, JsonElement> OptionsOf(params IEnumerable<KeyValuePair<string, object?>> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.ToDictionary(option => option.Key, option => JsonSerializer.SerializeToElement(option.Value), StringComparer.Ordinal);
    }
}
