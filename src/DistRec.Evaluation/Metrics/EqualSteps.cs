namespace DistRec.Evaluation.Metrics;

/// <summary>A histogram being counted: about twenty steps of one round width that cover a range. Values outside fall into the end bars.</summary>
public sealed class EqualSteps
{
    private const int WantedSteps = 20;

    private readonly long _first;
    private readonly double _width;
    private readonly long[] _counts;

    private EqualSteps(long first, double width, int steps)
    {
        _first = first;
        _width = width;
        _counts = new long[steps];
    }

    /// <summary>Steps that start and end at multiples of their width: 1, 2, 2.5 or 5 times a power of ten.</summary>
    /// <param name="minimum">Low end to cover, finite.</param>
    /// <param name="maximum">High end to cover, at least <paramref name="minimum"/>.</param>
    public static EqualSteps Over(double minimum, double maximum)
    {
        if (!double.IsFinite(minimum) || !double.IsFinite(maximum) || maximum < minimum)
        {
            throw new ArgumentOutOfRangeException(nameof(maximum), $"expected a range of finite numbers, found {minimum} to {maximum}");
        }

        double width = RoundStep.AtLeast(Math.Max(maximum - minimum, Math.Max(Math.Abs(maximum) * 1e-6, 1e-6)) / WantedSteps);
        long first = (long)Math.Floor(minimum / width + 1e-9);
        long last = Math.Max(first + 1, (long)Math.Ceiling(maximum / width - 1e-9));
        return new EqualSteps(first, width, (int)(last - first));
    }

    /// <summary>Counts a value.</summary>
    public void Add(double value)
    {
        double step = Math.Floor(value / _width) - _first;
        _counts[(int)Math.Clamp(step, 0, _counts.Length - 1)]++;
    }

    /// <summary>Adds the counts of a histogram over the same range.</summary>
    public void Merge(EqualSteps other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._first != _first || other._width != _width || other._counts.Length != _counts.Length)
        {
            throw new ArgumentException("the histograms cover different ranges", nameof(other));
        }

        for (int step = 0; step < _counts.Length; step++)
        {
            _counts[step] += other._counts[step];
        }
    }

    /// <summary>The counts.</summary>
    public IReadOnlyList<HistogramBar> ToBars() =>
        [.. _counts.Select((count, step) => new HistogramBar(Edge(step), Edge(step + 1), count))];

    // Rounded, so that 3 · 0.1 is shown as 0.3.
    private double Edge(int step) => Math.Round((_first + step) * _width, 12);
}
