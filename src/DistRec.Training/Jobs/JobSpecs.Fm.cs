using DistRec.Models.FactorizationMachine;

namespace DistRec.Training.Jobs;

/// <content>Jobs that learn from features: their tables are those of features alone, and partitions of rows have none.</content>
public static partial class JobSpecs
{
    /// <summary>The feature space whose groups begin where a specification says.</summary>
    public static FeatureSpace SpaceOf(IReadOnlyList<int> groupStarts)
    {
        ArgumentNullException.ThrowIfNull(groupStarts);
        return new FeatureSpace([.. Enumerable.Range(0, groupStarts.Count - 1).Select(group => new FeatureGroup($"{group}", groupStarts[group], groupStarts[group + 1] - groupStarts[group]))]);
    }

    private static JobSpec CreateFm(string job, TrainingData data, TrainingSettings settings, FmOptions fm, ResumePoint? resume)
    {
        FeatureData features = data.Features ?? throw new ArgumentException($"{fm.Kind} learns from features, and the data has none", nameof(data));
        FeatureRows train = features.Train;
        if (train.Count == 0)
        {
            throw InputException.At(data.Name, "at least one training row", "none", "lower the test and validation ratios, or give more data");
        }

        FmShape shape = FmShape.Of(fm);
        int rows = shape.RowsFor(features.Space.Count, features.Space.Groups.Count);
        int most = Math.Min(train.Count, rows);
        if (settings.Partitions > most)
        {
            throw InputException.At("--partitions", $"at most {most}, the lesser of {train.Count} rows and {rows} tables' rows", $"{settings.Partitions}", "lower it");
        }

        CheckTargets(data, fm, features);
        RatingStatistics targets = RatingStatistics.Of(train.Targets);
        RatingUnits units = fm.Task == FmTask.Regression ? RatingUnits.Of(targets) : RatingUnits.None;
        int[] shards = Partitioner.Balance(UsesOf(train, rows), settings.Partitions);
        JobSpec spec = new()
        {
            Job = job,
            Epochs = settings.Epochs,
            Patience = settings.Patience,
            Model = ModelSpec.Of(fm),
            Features = new FeatureLayout
            {
                Intercept = fm.Task == FmTask.Regression ? 0 : FmTables.InterceptOf(fm, targets.Mean * train.Count, train.Count),
                GroupStarts = { features.Space.Starts },
                RowStarts = { RowStarts(features, settings.Partitions) },
            },
            MinimumRating = fm.Task == FmTask.Regression ? targets.Minimum : 0,
            MaximumRating = fm.Task == FmTask.Regression ? targets.Maximum : 1,
            GlobalMean = units.Mean,
            RatingUnit = units.Unit,
            RatingDeviation = fm.Task == FmTask.Ranking ? 1 : targets.Deviation,
            TrainingRatings = train.Count,
            ValidationRatings = features.Validation?.Count ?? 0,
            CheckpointEvery = settings.CheckpointEvery,
            Resume = resume,
            UserStarts = { new int[settings.Partitions + 1] },
            ItemStarts = { shards },
            BlockStarts = { shards },
            Clocks = fm.Sweeps ? FmSweepClocks(fm, features) : settings.Clocks,
        };
        SetConsistency(spec, settings);
        return spec;
    }

    private static int FmSweepClocks(FmOptions fm, FeatureData features) => 1 + (features.Train.Blocks.Count * (1 + fm.Rank));

    private static void CheckTargets(TrainingData data, FmOptions fm, FeatureData features)
    {
        if (fm.Task == FmTask.Classification && features.Train.Targets.FirstOrDefault(target => target is not (0 or 1)) is not 0 and float odd)
        {
            throw InputException.At(data.Name, "targets of 0 and 1 for classification", $"{odd}", "say from which rating on one counts as 1: --positive-from 4");
        }

        if (fm.Task == FmTask.Ranking && (features.Validation is { Count: > 0 } || features.RankedBlock < 0))
        {
            throw InputException.At(
                data.Name, "items to rank, and no validation ratings, for --task ranking",
                features.RankedBlock < 0 ? "no items" : $"{features.Validation!.Count} validation ratings", "give ratings, and --validation-ratio 0");
        }

        if (fm.Learner == FmLearner.AdaptiveSgd && features.Validation is not { Count: > 0 })
        {
            throw InputException.At(
                "--validation-ratio", "above 0 with --learner sgda", "no validation rows",
                "it learns its regularization from validation rows: hold some out, or choose --learner sgd");
        }
    }

    // How often training rows have each feature; the intercept and what follows it have a row each.
    private static long[] UsesOf(FeatureRows train, int rows)
    {
        long[] uses = new long[rows];
        for (int block = 0; block < train.Blocks.Count; block++)
        {
            RatingMatrix table = train.Blocks[block].Rows;
            int[] counts = train.CountUses(block, 0, train.Count);
            for (int row = 0; row < counts.Length; row++)
            {
                foreach (int feature in table.RowColumns(row))
                {
                    uses[feature] += counts[row];
                }
            }
        }

        return uses;
    }

    // About as many rows a partition; rows of one user, or of one run, stay together where the partition keeps any.
    private static int[] RowStarts(FeatureData features, int partitions)
    {
        FeatureRows train = features.Train;
        int users = train.Blocks.ToList().FindIndex(block => block.Entity == RelationEntity.User);
        HashSet<int>? runs = features.Runs is null ? null : [.. features.Runs];
        int[] starts = new int[partitions + 1];
        starts[partitions] = train.Count;
        for (int part = 1; part < partitions; part++)
        {
            int row = Math.Max((int)((long)train.Count * part / partitions), starts[part - 1]);
            while (row > 0 && row < train.Count && (runs is not null ? !runs.Contains(row) : users >= 0 && train.BlockRows[users][row] == train.BlockRows[users][row - 1]))
            {
                row++;
            }

            starts[part] = row;
        }

        return starts;
    }
}
