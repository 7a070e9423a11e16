using DistRec.Evaluation.Metrics;

namespace DistRec.Evaluation.Reports;

/// <summary>A linear scale from values to positions, with ticks at round numbers.</summary>
internal sealed class Axis
{
    private readonly double _from;
    private readonly double _to;

    private Axis(double minimum, double maximum, double step, double from, double to)
    {
        Minimum = minimum;
        Maximum = maximum;
        Step = step;
        _from = from;
        _to = to;
    }

    /// <summary>Value at the start.</summary>
    public double Minimum { get; }

    /// <summary>Value at the end.</summary>
    public double Maximum { get; }

    /// <summary>Distance of ticks.</summary>
    public double Step { get; }

    /// <summary>Values that get a tick.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            long first = (long)Math.Ceiling(Minimum / Step - 1e-9);
            long last = (long)Math.Floor(Maximum / Step + 1e-9);
            for (long tick = first; tick <= last; tick++)
            {
                yield return tick * Step;
            }
        }
    }

    /// <summary>An axis that ends at ticks around the values.</summary>
    /// <param name="minimum">Lowest value.</param>
    /// <param name="maximum">Highest value.</param>
    /// <param name="from">Position of the start.</param>
    /// <param name="to">Position of the end.</param>
    /// <param name="wantedTicks">About how many ticks.</param>
    public static Axis Around(double minimum, double maximum, double from, double to, int wantedTicks = 6)
    {
        double step = StepOf(minimum, maximum, wantedTicks);
        double start = Math.Floor(minimum / step + 1e-9) * step;
        double end = Math.Ceiling(maximum / step - 1e-9) * step;
        return new Axis(start, end > start ? end : start + step, step, from, to);
    }

    /// <summary>An axis of whole numbers that ends at the values themselves.</summary>
    public static Axis Whole(int minimum, int maximum, double from, double to, int wantedTicks = 10)
    {
        double step = Math.Max(1, Math.Ceiling(StepOf(minimum, maximum, wantedTicks)));
        return new Axis(minimum, Math.Max(maximum, minimum + 1), step, from, to);
    }

    /// <summary>Where a value stands.</summary>
    public double At(double value) => _from + (value - Minimum) / (Maximum - Minimum) * (_to - _from);

    private static double StepOf(double minimum, double maximum, int wantedTicks)
    {
        double range = maximum - minimum;
        double smallest = Math.Max(Math.Abs(maximum), Math.Abs(minimum)) * 1e-6;
        return RoundStep.AtLeast(Math.Max(Math.Max(range, smallest), 1e-12) / wantedTicks);
    }
}
