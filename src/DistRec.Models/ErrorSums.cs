namespace DistRec.Models;

/// <summary>Errors of predictions, summed so that partitions can be merged in any order.</summary>
/// <param name="Squared">Σ e².</param>
/// <param name="Absolute">Σ |e|.</param>
/// <param name="Count">Number of predictions.</param>
public readonly record struct ErrorSums(ReproducibleSum Squared, ReproducibleSum Absolute, long Count)
{
    /// <summary>Root mean squared error; 0 where nothing was predicted.</summary>
    public double Rmse => Count == 0 ? 0 : Math.Sqrt(Squared.ToDouble() / Count);

    /// <summary>Mean absolute error; 0 where nothing was predicted.</summary>
    public double Mae => Count == 0 ? 0 : Absolute.ToDouble() / Count;

    /// <summary>These sums and those of more predictions.</summary>
    public ErrorSums Add(double squared, double absolute, long count)
    {
        ReproducibleSum squares = Squared;
        ReproducibleSum absolutes = Absolute;
        squares.Add(squared);
        absolutes.Add(absolute);
        return new ErrorSums(squares, absolutes, Count + count);
    }

    /// <summary>The sums over both sets of predictions.</summary>
    public ErrorSums Merge(ErrorSums other)
    {
        ReproducibleSum squares = Squared;
        ReproducibleSum absolutes = Absolute;
        squares.Merge(other.Squared);
        absolutes.Merge(other.Absolute);
        return new ErrorSums(squares, absolutes, Count + other.Count);
    }
}
