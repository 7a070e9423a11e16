using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Search;

/// <summary>The settings that a search tries, each combination of values a trial.</summary>
/// <param name="Axes">At least one, each of a setting of its own.</param>
public sealed record SearchSpace(IReadOnlyList<SearchAxis> Axes)
{
    private const int MostRepeats = 100_000;

    /// <summary>How many combinations there are; null where a range has no end of them.</summary>
    public long? Count
    {
        get
        {
            if (Axes.Any(axis => axis.IsRange))
            {
                return null;
            }

            double count = Axes.Aggregate(1.0, (product, axis) => product * axis.Values.Count);
            return count < long.MaxValue ? (long)count : long.MaxValue;
        }
    }

    /// <summary>Every combination, the last axis changing first: values in the order of <see cref="Axes"/>.</summary>
    /// <exception cref="InvalidOperationException">There is a range.</exception>
    public IEnumerable<string[]> Grid()
    {
        if (Count is not { } count)
        {
            throw new InvalidOperationException("a range has no end of values: draw some at random");
        }

        for (long index = 0; index < count; index++)
        {
            yield return At(index);
        }
    }

    /// <summary>Different combinations at random. The first ones of more are those of fewer, so that a search can be extended.</summary>
    /// <param name="trials">How many, at least 1; where there are not so many, all.</param>
    /// <param name="seed">Keys the draws.</param>
    public IReadOnlyList<string[]> Draw(int trials, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        long most = Math.Min(trials, Count ?? long.MaxValue);
        List<string[]> drawn = [];
        HashSet<string> known = [];

        // A narrow range of whole numbers may have fewer combinations than trials: there is an end to repeats.
        for (long draw = 0, repeats = 0; drawn.Count < most && repeats < MostRepeats; draw++)
        {
            EntityRandom random = new(seed, RandomPurpose.SearchTrial, draw);
            string[] values = new string[Axes.Count];
            for (int axis = 0; axis < values.Length; axis++)
            {
                values[axis] = Axes[axis].Draw(ref random);
            }

            bool isNew = known.Add(string.Join('\n', values));
            repeats = isNew ? 0 : repeats + 1;
            if (isNew)
            {
                drawn.Add(values);
            }
        }

        return drawn;
    }

    private string[] At(long index)
    {
        string[] values = new string[Axes.Count];
        for (int axis = values.Length - 1; axis >= 0; axis--)
        {
            (index, long value) = Math.DivRem(index, Axes[axis].Values.Count);
            values[axis] = Axes[axis].Values[(int)value];
        }

        return values;
    }
}
