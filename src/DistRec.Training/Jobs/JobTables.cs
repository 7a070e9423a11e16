using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.Neighborhood;
using DistRec.Models.Neural;
using DistRec.Numerics.Linear;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Training.Jobs;

/// <summary>Puts partitions' tables together to a model, and cuts a model into partitions' tables.</summary>
internal static class JobTables
{
    /// <summary>Copies blocks of consecutive rows into one table.</summary>
    /// <param name="blocks">Blocks in the order of their rows.</param>
    public static FactorBlock Join(IReadOnlyList<FactorBlock> blocks)
    {
        FactorBlock whole = FactorBlock.Zeros(blocks.Sum(block => block.Biases.Length), blocks[0].Factors.Rank);
        int row = 0;
        foreach (FactorBlock block in blocks)
        {
            block.Factors.Values.CopyTo(whole.Factors.Values[(row * whole.Factors.Stride)..]);
            block.Biases.CopyTo(whole.Biases, row);
            row += block.Biases.Length;
        }

        return whole;
    }

    /// <summary>Copies rows [<paramref name="from"/>, <paramref name="to"/>) of a whole side.</summary>
    public static FactorBlock Cut(FactorBlock whole, int from, int to)
    {
        FactorTable factors = whole.Factors;
        FactorBlock part = FactorBlock.Zeros(to - from, factors.Rank);
        factors.Values[(from * factors.Stride)..(to * factors.Stride)].CopyTo(part.Factors.Values);
        whole.Biases.AsSpan(from, to - from).CopyTo(part.Biases);
        return part;
    }

    /// <summary>The model that both published sides make.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="userBlocks">The users' side in the order of its rows.</param>
    /// <param name="itemBlocks">The items' side, or the tables of features, in the order of its rows.</param>
    /// <param name="features">The features that the job was given; null for a model of ratings.</param>
    public static FactorModel ToModel(JobSpec spec, IReadOnlyList<FactorBlock> userBlocks, IReadOnlyList<FactorBlock> itemBlocks, FeatureData? features)
    {
        if (spec.Options is FmOptions fm)
        {
            return FmModel(spec, fm, Join(itemBlocks), features ?? throw new ArgumentNullException(nameof(features)));
        }

        RatingScale scale = JobSpecs.ScaleOf(spec);
        FactorBlock users = Join(userBlocks);
        FactorTable[] tables = [.. itemBlocks.Select(block => block.Factors)];
        float[] biases = [.. itemBlocks.SelectMany(block => block.Biases)];
        if (spec.Options is FeedbackOptions feedback)
        {
            FeedbackShape shape = FeedbackShape.Of(feedback);
            bool hasRank = shape.Rank > 0;
            return new FactorModel(
                spec.ModelName, spec.GlobalMean, scale, users.Biases, biases, hasRank ? users.Factors : null, hasRank ? FeedbackTables.PartOf(shape, tables, 0) : null)
            {
                Unit = spec.Units.Unit,
                Feedback = FeedbackFactors.Of(shape, tables),
                Neighbors = shape.Neighbors is { } lists ? NeighborTables.Of(lists, tables, shape.ListStart) : null,
            };
        }

        if (spec.Options is { NeighborLists: { } settings, MovesRows: false })
        {
            return new FactorModel(spec.ModelName, spec.GlobalMean, scale, users.Biases, biases, null, null)
            {
                Unit = spec.Units.Unit,
                Neighbors = NeighborTables.Of(settings.Shape, tables, 0),
            };
        }

        if (spec.Options is NeuralOptions neural)
        {
            return NeuralTables.ToModel(
                neural,
                new FactorModel(spec.ModelName, spec.GlobalMean, scale, users.Biases, biases, users.Factors, new TableSection(0, neural.Rank).Of(tables)) { Unit = spec.Units.Unit });
        }

        FactorBlock items = Join(itemBlocks);

        bool hasFactors = users.Factors.Rank > 0;
        return spec.Options.ToModel(new FactorModel(
            spec.ModelName, spec.GlobalMean, scale, users.Biases, items.Biases, hasFactors ? users.Factors : null, hasFactors ? items.Factors : null)
        {
            Unit = spec.Units.Unit,
        });
    }

    private static FactorModel FmModel(JobSpec spec, FmOptions options, FactorBlock tables, FeatureData features)
    {
        FmMachine machine = FmMachine.Of(options, new FmParameters(tables.Factors, tables.Biases, features.Space.Count), features.Space, spec.Units);
        if (options.Averages)
        {
            FmCentering.Center(machine, features.Train);
        }

        return FmCollapse.ToModel(spec.ModelName, machine, features, JobSpecs.ScaleOf(spec));
    }
}
