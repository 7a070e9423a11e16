using DistRec.Models;

namespace DistRec.Evaluation.Metrics;

/// <summary>
/// Accumulates the errors of predicted ratings. Adding and merging give the same bits in any order, so threads, partitions
/// and nodes can each keep their own.
/// </summary>
public sealed class RatingMetrics
{
    private ErrorSums _sums;

    /// <summary>Number of ratings.</summary>
    public long Count => _sums.Count;

    /// <summary>How many of them are by users without training ratings.</summary>
    public long ColdUsers { get; private set; }

    /// <summary>How many of them are of items without training ratings.</summary>
    public long ColdItems { get; private set; }

    /// <summary>√(Σ e² / n).</summary>
    /// <exception cref="InvalidOperationException">There are no ratings.</exception>
    public double Rmse => Measured.Rmse;

    /// <summary>Σ |e| / n.</summary>
    /// <exception cref="InvalidOperationException">There are no ratings.</exception>
    public double Mae => Measured.Mae;

    /// <summary>Adds one error.</summary>
    /// <param name="error">r_ui − r̂_ui, finite.</param>
    /// <param name="coldUser">Whether the user has no training ratings.</param>
    /// <param name="coldItem">Whether the item has no training ratings.</param>
    public void Add(double error, bool coldUser = false, bool coldItem = false)
    {
        _sums = _sums.Add(error * error, Math.Abs(error), 1);
        ColdUsers += coldUser ? 1 : 0;
        ColdItems += coldItem ? 1 : 0;
    }

    /// <summary>Adds all that another one has seen.</summary>
    public void Merge(RatingMetrics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _sums = _sums.Merge(other._sums);
        ColdUsers += other.ColdUsers;
        ColdItems += other.ColdItems;
    }

    private ErrorSums Measured =>
        Count > 0 ? _sums : throw new InvalidOperationException("no ratings were added, so there is no mean error");
}
