using DistRec.Numerics.Linear;

namespace DistRec.Training.Coordination;

/// <summary>What the participants of a round report together; the same bits in whatever order they report.</summary>
/// <param name="Errors">Errors on training or validation ratings.</param>
/// <param name="Penalty">Regularization terms.</param>
/// <param name="SingularRows">Rows that needed more regularization than asked.</param>
/// <param name="Diverged">Whether any participant's figures are no longer numbers.</param>
public readonly record struct RoundSums(ErrorSums Errors, ReproducibleSum Penalty, long SingularRows, bool Diverged)
{
    /// <summary>Bytes of factor blocks that came from other nodes.</summary>
    public long ReceivedBytes { get; init; }

    /// <summary>Bytes of the rows among them that are needed, each once for every node.</summary>
    public long NeededBytes { get; init; }

    /// <summary>Whether more epochs would hardly change what the model averages.</summary>
    public bool IsSettled { get; init; }

    /// <summary>What a descent came to.</summary>
    /// <param name="squaredError">Σ e².</param>
    /// <param name="count">Ratings that were visited.</param>
    public static RoundSums OfDescent(double squaredError, long count)
    {
        // Squared errors beyond any rating scale are as good as infinite, and a reproducible sum is bounded.
        bool diverged = !(squaredError < 1e15);
        ReproducibleSum sum = default;
        sum.Add(diverged ? 0 : squaredError);
        return new RoundSums(new ErrorSums(sum, default, count), default, 0, diverged);
    }

    /// <summary>These sums and one participant's.</summary>
    public RoundSums Add(RoundReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        ReproducibleSum penalty = Penalty;
        penalty.Merge(ToSum(report.Penalty));
        return new RoundSums(
            Errors.Merge(new ErrorSums(ToSum(report.SquaredError), ToSum(report.AbsoluteError), report.Count)),
            penalty,
            SingularRows + report.SingularRows,
            Diverged || report.Diverged)
        {
            ReceivedBytes = ReceivedBytes + report.ReceivedBytes,
            NeededBytes = NeededBytes + report.NeededBytes,
            IsSettled = IsSettled || report.Settled,
        };
    }

    /// <summary>A sum as a message carries it.</summary>
    public static SumParts ToParts(ReproducibleSum sum) => new() { Whole = sum.Whole, Fraction = sum.Fraction };

    private static ReproducibleSum ToSum(SumParts? parts) => parts is null ? default : new ReproducibleSum(parts.Whole, parts.Fraction);
}
