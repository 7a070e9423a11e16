namespace DistRec.Data;

/// <summary>Parts a data set into training, validation and test ratings.</summary>
public static class Splitter
{
    /// <summary>
    /// Takes the test part first and the validation part from what remains. Random parts and those by time have exactly
    /// round(ratio · ratings) ratings; folds differ by at most one and together are the whole.
    /// </summary>
    /// <exception cref="InputException">Settings are out of range, the data lacks timestamps, or a part would be empty.</exception>
    public static RatingSplit Split(RatingData data, SplitOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(data.Ratings);
        RatingMatrix ratings = data.Ratings;
        RatingSplit split = options.Kind switch
        {
            SplitKind.LastOfUser or SplitKind.OneOfUser when ratings.Timestamps is not null =>
                MatrixParter.Cut(ratings, new LastOfUserRule<TimeKey>(ratings, new TimeKey(ratings), options), options),
            SplitKind.OneOfUser =>
                MatrixParter.Cut(ratings, new LastOfUserRule<RandomKey>(ratings, new RandomKey(options.Seed, data), options), options),
            SplitKind.ColdUsers or SplitKind.ColdItems => ByColdness(data, new ColdKey(data, options), options),
            SplitKind.LatestOfAll => ByKeyRuns(ratings, new TimeKey(ratings), LatestRuns(ratings.Count, options), options),
            SplitKind.Fold => ByKeyRuns(ratings, new RandomKey(options.Seed, data), FoldRuns(ratings.Count, options), options),
            _ => ByKeyRuns(ratings, new RandomKey(options.Seed, data), RandomRuns(ratings.Count, options), options),
        };
        RequireRatings(split, options);
        return split;
    }

    /// <summary>The parts as runs of the key order: each part with the rank where its run ends.</summary>
    private static RatingSplit ByKeyRuns<TKey>(RatingMatrix ratings, TKey keys, (Part Part, long End)[] runs, SplitOptions options)
        where TKey : struct, IRatingKey
    {
        (Part Part, long End)[] filled = [.. runs.Where((run, index) => run.End > (index == 0 ? 0 : runs[index - 1].End))];
        var selector = new RankSelector<TKey>(ratings, keys, options.Threads);
        RankBoundary[] boundaries = [.. filled.SkipLast(1).Select(run => selector.Find(run.End))];
        Part[] parts = filled.Length == 0 ? [Part.Train] : [.. filled.Select(run => run.Part)];
        return MatrixParter.Cut(ratings, new KeyRunRule<TKey>(keys, boundaries, parts), options);
    }

    // Those that are judged by have the largest keys; a validation part is drawn from the others.
    private static RatingSplit ByColdness(RatingData data, ColdKey keys, SplitOptions options)
    {
        long known = data.Ratings.Count - keys.Count;
        return ByKeyRuns(data.Ratings, keys, [(Part.Validation, Share(options.ValidationRatio, known)), (Part.Train, known), (Part.Test, data.Ratings.Count)], options);
    }

    private static (Part Part, long End)[] RandomRuns(long count, SplitOptions options)
    {
        long test = Share(options.TestRatio, count);
        long validation = Share(options.ValidationRatio, count - test);
        return [(Part.Test, test), (Part.Validation, test + validation), (Part.Train, count)];
    }

    private static (Part Part, long End)[] LatestRuns(long count, SplitOptions options)
    {
        long test = Share(options.TestRatio, count);
        long validation = Share(options.ValidationRatio, count - test);
        return [(Part.Train, count - test - validation), (Part.Validation, count - test), (Part.Test, count)];
    }

    private static (Part Part, long End)[] FoldRuns(long count, SplitOptions options)
    {
        long start = (long)((Int128)count * options.Fold / options.FoldCount);
        long end = (long)((Int128)count * (options.Fold + 1) / options.FoldCount);
        long validation = Share(options.ValidationRatio, count - (end - start));

        // The validation part follows the fold and goes on from the beginning where the order ends.
        long wrapped = Math.Max(0, end + validation - count);
        return
        [
            (Part.Validation, wrapped), (Part.Train, start), (Part.Test, end), (Part.Validation, Math.Min(count, end + validation)), (Part.Train, count),
        ];
    }

    private static long Share(double ratio, long count) => (long)Math.Round(ratio * count, MidpointRounding.AwayFromZero);

    private static void RequireRatings(RatingSplit split, SplitOptions options)
    {
        bool wantsTest = options.Kind is SplitKind.Fold or SplitKind.LastOfUser or SplitKind.OneOfUser || options.TestRatio > 0;
        string? empty = split.Train.Count == 0 ? "training"
            : wantsTest && split.Test is null ? "test"
            : options.ValidationRatio > 0 && split.Validation is null ? "validation"
            : null;
        if (empty is not null)
        {
            throw InputException.At("split", $"ratings for the {empty} part", "none", "use more data or other ratios");
        }
    }
}
