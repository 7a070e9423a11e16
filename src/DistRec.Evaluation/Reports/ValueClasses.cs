namespace DistRec.Evaluation.Reports;

/// <summary>
/// Numbers in a few classes of about as many each, so that colours tell them apart however skew they are. Classes end at round numbers,
/// which a legend can name; equal numbers are of one class.
/// </summary>
internal sealed class ValueClasses
{
    private readonly double[] _edges;

    private ValueClasses(double[] edges)
    {
        _edges = edges;
    }

    /// <summary>Where each class but the first begins, ascending.</summary>
    public IReadOnlyList<double> Edges => _edges;

    /// <summary>Number of classes, at least 1.</summary>
    public int Count => _edges.Length + 1;

    /// <summary>Makes classes.</summary>
    /// <param name="values">Finite numbers, in any order.</param>
    /// <param name="most">Most classes, at least 1.</param>
    /// <param name="step">Edges are multiples of this, above 0.</param>
    public static ValueClasses Of(IEnumerable<double> values, int most, double step)
    {
        double[] sorted = [.. values.Order()];
        return new ValueClasses(sorted.Length == 0
            ? []
            : [.. Enumerable.Range(1, most - 1)
                .Select(part => Math.Round(sorted[(int)((long)part * sorted.Length / most)] / step) * step)
                .Where(edge => edge > sorted[0] && edge <= sorted[^1])
                .Distinct()]);
    }

    /// <summary>The class of a number, from 0.</summary>
    public int ClassOf(double value) => _edges.Count(edge => value >= edge);
}
