using System.Globalization;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Search;

/// <summary>One setting that a search tries values of: a list, or a range.</summary>
public sealed class SearchAxis
{
    private const int Digits = 4;

    private readonly double _low;
    private readonly double _high;
    private readonly bool _isWhole;

    private SearchAxis(string name, IReadOnlyList<string> values, double low, double high, bool isWhole) =>
        (Name, Values, _low, _high, _isWhole) = (name, values, low, high, isWhole);

    /// <summary>Name of the setting, as typed.</summary>
    public string Name { get; }

    /// <summary>What is tried, as typed; empty for a range.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>Whether it is a range, which has no end of values.</summary>
    public bool IsRange => Values.Count == 0;

    /// <summary>A list.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="values">At least one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static SearchAxis List(string name, params IReadOnlyList<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Count > 0
            ? new SearchAxis(name, values, 0, 0, false)
            : throw new ArgumentException($"expected a value of {name}, found none", nameof(values));
    }

    /// <summary>A range whose orders of magnitude are tried alike: as many values below the geometric mean of its ends as above.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="low">Lower end, above 0.</param>
    /// <param name="high">Upper end, above the lower one.</param>
    /// <param name="isWhole">Whether whole numbers alone are tried, both ends among them.</param>
    /// <exception cref="ArgumentOutOfRangeException">The ends are not finite, not above 0, or not in order.</exception>
    public static SearchAxis Range(string name, double low, double high, bool isWhole)
    {
        if (!double.IsFinite(high) || !(low > 0 && low < high))
        {
            throw new ArgumentOutOfRangeException(nameof(low), $"expected 0 < low < high, found {low} and {high}");
        }

        return new SearchAxis(name, [], low, high, isWhole);
    }

    /// <summary>A value at random: one of the list, each alike, or one whose logarithm is uniform over the range.</summary>
    /// <param name="random">Draws.</param>
    /// <returns>As typed; of a range with four digits, and within it.</returns>
    public string Draw(ref EntityRandom random)
    {
        if (!IsRange)
        {
            return Values[random.NextInt(Values.Count)];
        }

        // Whole numbers n have the reals from n to n + 1.
        double end = _isWhole ? _high + 1 : _high;
        double value = Math.Exp(Math.Log(_low) + (random.NextDouble() * Math.Log(end / _low)));
        return _isWhole
            ? Math.Clamp(Math.Floor(value), _low, _high).ToString("0", CultureInfo.InvariantCulture)
            : Math.Clamp(double.Parse(value.ToString($"G{Digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), _low, _high)
                .ToString(CultureInfo.InvariantCulture);
    }
}
