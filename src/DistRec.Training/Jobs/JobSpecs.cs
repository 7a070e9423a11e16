using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;
using DistRec.Training.Coordination;
using DistRec.Training.Partitions;

namespace DistRec.Training.Jobs;

/// <summary>Turns settings and data into the message that every node builds its part of the job from, and back.</summary>
public static partial class JobSpecs
{
    // A lent block's factors should stay in half of a common second-level cache while its ratings pass.
    private const long BlockBytes = 512 * 1024;

    /// <summary>Lays the job out over its partitions.</summary>
    /// <exception cref="InputException">The data cannot be trained on with these settings.</exception>
    public static JobSpec Create(string job, TrainingData data, TrainingSettings settings, ResumePoint? resume)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        if (settings.Fm is { } fm)
        {
            return CreateFm(job, data, settings, fm, resume);
        }

        RatingMatrix train = data.Train;
        if (train.Count == 0)
        {
            throw InputException.At(data.Name, "at least one training rating", "none", "lower the test and validation ratios, or give more data");
        }

        if (settings.Partitions > Math.Min(train.RowCount, train.ColumnCount))
        {
            throw InputException.At(
                "--partitions", $"at most the {Math.Min(train.RowCount, train.ColumnCount)} rows of the smaller side", $"{settings.Partitions}", "lower it");
        }

        RatingStatistics statistics = RatingStatistics.Of(train);
        CheckImplicit(data, settings, statistics);
        if (settings.Nmf is not null && statistics.Minimum < 0)
        {
            throw InputException.At(data.Name, "ratings of at least 0 for nmf", $"{statistics.Minimum}", "no product of non-negative factors is below 0: shift the ratings");
        }

        long[] itemCounts = Partitioner.ColumnCounts(train);
        JobSpec spec = new()
        {
            Job = job,
            Epochs = settings.Epochs,
            Patience = settings.Patience,
            GlobalMean = (float)statistics.Mean,
            MeanRating = (float)statistics.Mean,
            MinimumRating = statistics.Minimum,
            MaximumRating = statistics.Maximum,
            RatingDeviation = statistics.Deviation,
            TrainingRatings = train.Count,
            ValidationRatings = data.Validation?.Count ?? 0,
            CheckpointEvery = settings.CheckpointEvery,
            Resume = resume,
            UserStarts = { Partitioner.Balance(Partitioner.RowCounts(train), settings.Partitions) },
            ItemStarts = { Partitioner.Balance(itemCounts, settings.Partitions) },
        };
        SetConsistency(spec, settings);
        SetModel(spec, settings);
        if (!ModelKinds.HasMean(spec.ModelName))
        {
            spec.GlobalMean = 0;
        }

        if (spec.IsImplicit)
        {
            // What is predicted is a preference.
            (spec.MeanRating, spec.MinimumRating, spec.MaximumRating) = (0, 0, 1);
        }

        if (settings.Mf is { } mf)
        {
            long bytes = (long)train.ColumnCount * FactorTable.StrideOf(mf.Rank) * sizeof(float);
            int blocks = (int)Math.Clamp((bytes + BlockBytes - 1) / BlockBytes, 2L * settings.Partitions, 4096);
            spec.BlockStarts.Add(Partitioner.Balance(itemCounts, Math.Max(settings.Partitions, Math.Min(blocks, train.ColumnCount))));
        }
        else if (spec.Scheme == TrainingScheme.ParameterServer)
        {
            spec.BlockStarts.Add(spec.ItemStarts);
            spec.Clocks = settings.Clocks;
        }

        return spec;
    }

    private static void SetConsistency(JobSpec spec, TrainingSettings settings)
    {
        ConsistencyModel consistency = settings.Consistency;
        spec.Consistency = consistency.IsFixedOrder ? Consistency.Bsp : consistency.MaximumLead == int.MaxValue ? Consistency.Asp : Consistency.Ssp;
        spec.Staleness = consistency.MaximumLead;
    }

    /// <summary>The consistency model in a specification.</summary>
    public static ConsistencyModel ConsistencyOf(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Consistency switch
        {
            Consistency.Bsp => ConsistencyModel.Bsp,
            Consistency.Asp => ConsistencyModel.Asp,
            _ => ConsistencyModel.Ssp(spec.Staleness),
        };
    }

    /// <summary>The range of ratings in a specification.</summary>
    public static RatingScale ScaleOf(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new RatingScale(spec.MinimumRating, spec.MaximumRating);
    }

    /// <summary>Number of factors, k, 0 for the baseline.</summary>
    public static int FactorsOf(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Als?.Rank ?? spec.Mf?.Rank ?? spec.ImplicitAls?.Rank ?? spec.Nmf?.Rank ?? spec.Bpmf?.Rank ?? spec.Feedback?.Rank ?? spec.Fm?.Rank ?? 0;
    }

    /// <summary>Columns of a side's training tables; 0 for biases alone.</summary>
    public static int WidthOf(Side side, JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.ModelCase switch
        {
            JobSpec.ModelOneofCase.Bpmf => BpmfTables.WidthOf(spec.Bpmf.Rank),
            JobSpec.ModelOneofCase.Feedback when side == Side.User => FeedbackShape.Of(FeedbackOf(spec)).UserWidth,
            JobSpec.ModelOneofCase.Feedback => FeedbackShape.Of(FeedbackOf(spec)).ItemWidth,
            JobSpec.ModelOneofCase.Fm => side == Side.User ? 0 : FmShape.Of(FmOf(spec)).Width,
            _ => FactorsOf(spec),
        };
    }

    /// <summary>Factors in a row of a side as it is published for the model.</summary>
    public static int PublishedWidthOf(Side side, JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return side == Side.User && spec.ModelCase == JobSpec.ModelOneofCase.Feedback ? spec.Feedback.Rank : WidthOf(side, spec);
    }

    /// <summary>Draws the first item tables of a descending model.</summary>
    public static void DrawItems(JobSpec spec, FactorBlock items, int firstItem)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(items);
        switch (spec.ModelCase)
        {
            case JobSpec.ModelOneofCase.Feedback:
                FeedbackTables.DrawItems(FeedbackOf(spec), items.Factors, firstItem);
                break;
            case JobSpec.ModelOneofCase.Fm:
                FmTables.Initialize(FmShape.Of(FmOf(spec)), FmOf(spec), items.Factors, items.Biases, firstItem, spec.Fm.GroupStarts[^1], spec.Fm.Intercept);
                break;
            default:
                InitialFactors.Draw(items.Factors, firstItem, spec.Mf.InitialScale, spec.Mf.Seed, RandomPurpose.ItemFactors);
                break;
        }
    }

    /// <summary>A hash of the partitions' ranges (FNV-1a): traffic that was laid out otherwise is stale.</summary>
    public static ulong LayoutOf(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ulong hash = 0xCBF29CE484222325;
        foreach (int start in spec.UserStarts.Append(-1).Concat(spec.ItemStarts).Append(-1).Concat(spec.BlockStarts).Concat(spec.Fm?.RowStarts ?? []))
        {
            hash = (hash ^ (uint)start) * 0x100000001B3;
        }

        return hash;
    }

    private static void CheckImplicit(TrainingData data, TrainingSettings settings, RatingStatistics statistics)
    {
        if (settings.ImplicitAls is not { } options)
        {
            return;
        }

        if (data.Validation is { Count: > 0 })
        {
            throw InputException.At(
                data.Name, "no validation ratings for als-implicit, which predicts preferences", $"{data.Validation.Count}", "give --validation-ratio 0");
        }

        float least = options.ConfidenceGiven ? 1 : 0;
        if (statistics.Minimum < least)
        {
            throw InputException.At(
                data.Name, $"{(options.ConfidenceGiven ? "confidences" : "ratings")} of at least {least} for als-implicit", $"{statistics.Minimum}",
                "a confidence below that of no interaction has no meaning here: leave such pairs out");
        }
    }
}
