using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Neighborhood;
using DistRec.Models.Neural;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;
using DistRec.Training.Coordination;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

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
        if (settings.Model is FmOptions fm)
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

        if (settings.Model.NeighborLists is not null && train.ColumnCount > NeighborShape.MaximumItems)
        {
            throw InputException.At(
                data.Name, $"at most {NeighborShape.MaximumItems:#,0} items for {settings.Model.Kind}, whose lists name them", $"{train.ColumnCount:#,0}", "train another model");
        }

        RatingStatistics statistics = RatingStatistics.Of(train);
        CheckRatings(data, settings.Model, statistics);

        // What an interaction model predicts is a preference.
        RatingUnits units = settings.Model.IsImplicit ? RatingUnits.None : RatingUnits.Of(statistics);
        long[] itemCounts = Partitioner.ColumnCounts(train);
        JobSpec spec = new()
        {
            Job = job,
            Model = ModelSpec.Of(settings.Model),
            Epochs = settings.Epochs,
            Patience = settings.Patience,
            GlobalMean = units.Mean,
            RatingUnit = units.Unit,
            MinimumRating = statistics.Minimum,
            MaximumRating = statistics.Maximum,
            RatingDeviation = statistics.Deviation,
            TrainingRatings = train.Count,
            ValidationRatings = data.Validation?.Count ?? 0,
            Refit = settings.Refit && data.Validation is { Count: > 0 },
            CheckpointEvery = settings.CheckpointEvery,
            Resume = resume,
            UserStarts = { Partitioner.Balance(Partitioner.RowCounts(train), settings.Partitions) },
            ItemStarts = { Partitioner.Balance(itemCounts, settings.Partitions) },
        };
        SetConsistency(spec, settings);
        if (settings.Model.ScoreRange is { } range)
        {
            (spec.MinimumRating, spec.MaximumRating) = range;
        }

        if (settings.Model.Scheme == TrainingScheme.BlockSgd)
        {
            long bytes = (long)train.ColumnCount * FactorTable.StrideOf(settings.Model.FactorCount) * sizeof(float);
            int blocks = (int)Math.Clamp((bytes + BlockBytes - 1) / BlockBytes, 2L * settings.Partitions, 4096);
            spec.BlockStarts.Add(Partitioner.Balance(itemCounts, Math.Max(settings.Partitions, Math.Min(blocks, train.ColumnCount))));
        }
        else if (settings.Model is NeuralOptions neural)
        {
            // Rows of layers stand behind those of items, and every batch pulls them.
            spec.Clocks = MiniBatches.CountFor(train.Count, neural.BatchSize);
            spec.ItemStarts.Clear();
            spec.ItemStarts.Add(Partitioner.Balance([.. itemCounts, .. Enumerable.Repeat((long)spec.Clocks, NeuralShape.Of(neural).LayerRows)], settings.Partitions));
            spec.BlockStarts.Add(spec.ItemStarts);
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

    /// <summary>Items of a model, whose tables may have rows that are none of an item.</summary>
    public static int ItemsOf(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.ItemStarts[^1] - (spec.Options is NeuralOptions neural ? NeuralShape.Of(neural).LayerRows : 0);
    }

    /// <summary>Draws the first item tables of a descending model.</summary>
    public static void DrawItems(JobSpec spec, FactorBlock items, int firstItem)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(items);
        switch (spec.Options)
        {
            case FeedbackOptions feedback:
                FeedbackTables.DrawItems(feedback, items.Factors, firstItem);
                break;
            case FmOptions fm:
                FmTables.Initialize(
                    FmShape.Of(fm), fm, items.Factors, items.Biases, firstItem, spec.Features.GroupStarts[^1], spec.Features.Intercept);
                break;
            case NeuralOptions neural:
                NeuralTables.DrawItems(neural, items.Factors, firstItem, ItemsOf(spec));
                break;
            case { MovesRows: false }:
                break;
            case MfOptions mf:
                InitialFactors.Draw(items.Factors, firstItem, mf.InitialScale, mf.Seed, RandomPurpose.ItemFactors);
                break;
            case var other:
                throw new InvalidOperationException($"{other.Kind} does not begin from item tables");
        }
    }

    /// <summary>Whether two specifications are of one model with the same settings, over the same features.</summary>
    internal static bool HaveSameModel(JobSpec one, JobSpec other)
    {
        return Equals(one.Model, other.Model) && Equals(WithoutRows(one.Features), WithoutRows(other.Features));

        // Partitions may change between a checkpoint and what goes on from it.
        static FeatureLayout? WithoutRows(FeatureLayout? layout)
        {
            FeatureLayout? copy = layout?.Clone();
            copy?.RowStarts.Clear();
            return copy;
        }
    }

    /// <summary>The settings that a specification was made from; threads are those of the nodes.</summary>
    internal static TrainingSettings SettingsOf(JobSpec spec) => new()
    {
        Model = spec.Options,
        Epochs = spec.Epochs,
        Patience = spec.Patience,
        Refit = spec.Refit,
        Partitions = spec.UserStarts.Count - 1,
        Clocks = spec.Clocks,
        Consistency = ConsistencyOf(spec),
        CheckpointEvery = spec.CheckpointEvery,
    };

    /// <summary>A hash of the partitions' ranges (FNV-1a): traffic that was laid out otherwise is stale.</summary>
    public static ulong LayoutOf(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ulong hash = 0xCBF29CE484222325;
        foreach (int start in spec.UserStarts.Append(-1).Concat(spec.ItemStarts).Append(-1).Concat(spec.BlockStarts).Concat(spec.Features?.RowStarts ?? []))
        {
            hash = (hash ^ (uint)start) * 0x100000001B3;
        }

        return hash;
    }

    private static void CheckRatings(TrainingData data, ModelOptions model, RatingStatistics statistics)
    {
        if (model.IsImplicit && data.Validation is { Count: > 0 })
        {
            throw InputException.At(
                data.Name, $"no validation ratings for {model.Kind}, which predicts preferences", $"{data.Validation.Count}", "give --validation-ratio 0");
        }

        if (statistics.Minimum < model.MinimumRating)
        {
            throw InputException.At(data.Name, model.RatingRule.Expected, $"{statistics.Minimum}", model.RatingRule.Advice);
        }
    }
}
