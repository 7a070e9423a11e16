namespace DistRec.Data;

/// <summary>How a data set is parted.</summary>
public sealed record SplitOptions
{
    /// <summary>How the test part is chosen.</summary>
    public SplitKind Kind { get; init; } = SplitKind.Random;

    /// <summary>
    /// Share of all ratings that becomes the test part, in [0, 1), for <see cref="SplitKind.Random"/> and
    /// <see cref="SplitKind.LatestOfAll"/>; share of the users or items that have ratings, for <see cref="SplitKind.ColdUsers"/> and
    /// <see cref="SplitKind.ColdItems"/>.
    /// </summary>
    public double TestRatio { get; init; } = 0.2;

    /// <summary>
    /// Share of the ratings outside the test part that becomes the validation part, in [0, 1), chosen as the test part is: at random, the
    /// latest, or the last ones of each user (then rounded down for each); at random also where the test part is of cold users or items.
    /// </summary>
    public double ValidationRatio { get; init; }

    /// <summary>
    /// Seed of random parts. A rating's draw is keyed by its user's and item's ids, so the same ratings go to the same part whatever the
    /// order of the file.
    /// </summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>
    /// Test ratings of each user for <see cref="SplitKind.LastOfUser"/> and <see cref="SplitKind.OneOfUser"/>; a user always keeps one for
    /// training.
    /// </summary>
    public int LastCount { get; init; } = 1;

    /// <summary>Number of folds, at least 2.</summary>
    public int FoldCount { get; init; } = 5;

    /// <summary>The fold that becomes the test part, from 0.</summary>
    public int Fold { get; init; }

    /// <summary>
    /// Lets the training part take over the arrays of the data set, which must not be read afterwards: saves holding the training ratings
    /// twice.
    /// </summary>
    public bool ReuseArrays { get; init; }

    /// <summary>Threads; the parts are the same for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <exception cref="InputException">Settings are out of range; all of them are named.</exception>
    internal void Validate(RatingMatrix ratings)
    {
        var errors = new List<string>();
        void Require(bool isRight, string setting, string expected, string found, string advice)
        {
            if (!isRight)
            {
                errors.Add(InputException.At(setting, expected, found, advice).Message);
            }
        }

        bool byTime = Kind is SplitKind.LastOfUser or SplitKind.LatestOfAll;
        Require(Enum.IsDefined(Kind), "split kind", "a known kind", $"{Kind}", "choose random, last, latest, fold, one, cold users or cold items");
        Require(TestRatio is >= 0 and < 1, "test-ratio", "a share from 0 up to, but not including, 1", $"{TestRatio}", "for instance 0.2");
        Require(ValidationRatio is >= 0 and < 1, "validation-ratio", "a share from 0 up to, but not including, 1", $"{ValidationRatio}", "for instance 0.1");
        Require(Kind is not (SplitKind.LastOfUser or SplitKind.OneOfUser) || LastCount >= 1, "last count", "at least 1", $"{LastCount}", "for instance 1");
        Require(Kind != SplitKind.Fold || FoldCount >= 2, "folds", "at least 2", $"{FoldCount}", "for instance 5");
        Require(Kind != SplitKind.Fold || (Fold >= 0 && Fold < FoldCount), "fold", $"0 to {FoldCount - 1}", $"{Fold}", "folds are counted from 0");
        Require(!byTime || ratings.Timestamps is not null, "split", "ratings with timestamps for a split by time", "none", "choose a random split, or read the timestamps");
        Require(Threads >= 1, "threads", "at least 1", $"{Threads}", "leave it out to use every core");
        if (errors.Count > 0)
        {
            throw new InputException(string.Join(Environment.NewLine, errors));
        }
    }
}
