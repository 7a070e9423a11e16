using DistRec.Data;

namespace DistRec.Evaluation.Maps;

/// <summary>What a map of items is to be like.</summary>
public sealed record ItemMapOptions
{
    /// <summary>Most items that can be asked for.</summary>
    public const int MaxItems = 200_000;

    /// <summary>Most items to show, 1 to 200,000: where there are more, those with the most training ratings.</summary>
    public int Items { get; init; } = 5000;

    /// <summary>How the map is made.</summary>
    public TsneOptions Tsne { get; init; } = new();

    /// <exception cref="InputException">Settings are out of range; all of them are named.</exception>
    internal void Validate()
    {
        List<string> mistakes = [.. Tsne.Mistakes()];
        if (Items is < 1 or > MaxItems)
        {
            mistakes.Insert(0, InputException.At("items", "1 to 200,000", $"{Items}", "change it").Message);
        }

        if (mistakes.Count > 0)
        {
            throw new InputException(string.Join(Environment.NewLine, mistakes));
        }
    }
}
