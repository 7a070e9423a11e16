using System.Globalization;

namespace DistRec.Cli.Jobs;

/// <summary>Reads how ratings are parted; options that would have no effect are mistakes.</summary>
internal static class SplitReader
{
    /// <param name="given">The options.</param>
    /// <param name="seed">Keys the draws.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="validationRatio">What is kept aside for judging epochs where nothing else is said.</param>
    public static SplitOptions Read(GivenOptions given, ulong seed, int threads, double validationRatio)
    {
        SplitKind kind = given.OneOf(
            "split",
            "random is the default",
            ("random", SplitKind.Random),
            ("per-user-last", SplitKind.LastOfUser),
            ("leave-one-out", SplitKind.OneOfUser),
            ("time", SplitKind.LatestOfAll),
            ("cold-users", SplitKind.ColdUsers),
            ("cold-items", SplitKind.ColdItems));
        bool hasTestFile = given.Has("test");
        (int fold, int folds)? fold = ReadFold(given);
        if (hasTestFile)
        {
            given.Refuse(["test-ratio", "split", "fold"], "nothing, since the test ratings are in a file of their own", "leave it out, or give --data instead of --train and --test");
        }
        else if (fold is not null)
        {
            given.Refuse(["test-ratio", "split"], "nothing, since --fold says which ratings are the test", "leave it or --fold out");
        }
        else if (kind is SplitKind.LastOfUser or SplitKind.OneOfUser)
        {
            given.Refuse(["test-ratio"], $"nothing, since the split {given.Text("split")} takes one rating of each user", "leave it out, or take --split time");
        }

        return new SplitOptions
        {
            Kind = fold is not null ? SplitKind.Fold : kind,
            TestRatio = hasTestFile ? 0 : given.Share("test-ratio", SplitDefaults.TestRatio),
            ValidationRatio = given.Share("validation-ratio", validationRatio),
            Fold = fold?.fold - 1 ?? 0,
            FoldCount = fold?.folds ?? new SplitOptions().FoldCount,
            Seed = seed,
            Threads = threads,
            ReuseArrays = true,
        };
    }

    private static (int Fold, int Folds)? ReadFold(GivenOptions given)
    {
        if (given.Text("fold") is not { } text)
        {
            return null;
        }

        string[] parts = text.Split('/');
        if (parts.Length == 2 && IsCount(parts[0], out int fold) && IsCount(parts[1], out int folds) && folds >= 2 && fold >= 1 && fold <= folds)
        {
            return (fold, folds);
        }

        given.Mistakes.Add(given.PlaceOf("fold"), "F/K with K of at least 2 and F from 1 to K", GivenOptions.Quote(text), "1/5 is the first of five parts");
        return (1, 2);
    }

    private static bool IsCount(string text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
}
