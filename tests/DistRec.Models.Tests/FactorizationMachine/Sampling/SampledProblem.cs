using DistRec.Models.FactorizationMachine.Sampling;

namespace DistRec.Models.Tests.FactorizationMachine.Sampling;

/// <summary>A small learning problem, and epochs of it by workers side by side.</summary>
internal sealed class SampledProblem
{
    public const int Users = 9;
    public const int Items = 7;
    private const int Months = 5;

    // Users' and items' indicators, two numbers a user, four flags an item, a month, and one feature that nobody has.
    public static readonly FeatureSpace Space = new(
    [
        new("user", 0, Users), new("age", Users, 2), new("item", Users + 2, Items), new("genre", Users + 2 + Items, 4),
        new("month", Users + 6 + Items, Months), new("unseen", Users + 6 + Items + Months, 1),
    ]);

    public SampledProblem(FmOptions options, FeatureSpace space, FeatureRows rows, float scale = 0.3f)
    {
        Options = options;
        FeatureSpace = space;
        Rows = rows;
        FmShape shape = FmShape.Of(options);
        int count = shape.RowsFor(space.Count, space.Groups.Count);
        Parameters = new FmParameters(new FactorTable(count, shape.Width), new float[count], space.Count);
        EntityRandom random = new(77, RandomPurpose.ItemFactors, 0);
        for (int feature = 0; feature < space.Count; feature++)
        {
            Parameters.Weights[feature] = (float)(scale * random.NextGaussian());
            for (int factor = 0; factor < options.Rank; factor++)
            {
                Parameters.Factors.Row(feature)[factor] = (float)(scale * random.NextGaussian());
            }
        }
    }

    public FmOptions Options { get; }

    public FeatureSpace FeatureSpace { get; }

    public FeatureRows Rows { get; }

    public FmParameters Parameters { get; }

    /// <summary>Rows over the first blocks of: users with numbers, items with flags, months alone.</summary>
    public static FeatureRows Draw(int count, int blocks = 3, int seed = 1, bool isSorted = true)
    {
        EntityRandom random = new((ulong)seed, RandomPurpose.SyntheticRating, 0);
        RelationBlock[] all =
        [
            Block("user", RelationEntity.User, Enumerable.Range(0, Users).Select(user =>
                new (int, double)[] { (user, 1), (Users, random.NextGaussian()), (Users + 1, 0.5 + random.NextDouble()) })),
            Block("item", RelationEntity.Item, Enumerable.Range(0, Items).Select(item =>
                Enumerable.Range(0, 4).Where(_ => random.NextDouble() < 0.4).Select(genre => (Users + 2 + Items + genre, 1.0)).Prepend((Users + 2 + item, 1.0)))),
            Block("month", RelationEntity.Context, Enumerable.Range(0, Months + 2).Select(month =>
                new (int, double)[] { (Users + 6 + Items + (month % Months), 1 + (0.5 * month)) })),
        ];

        // The last user, item and month have no rows.
        int[][] blockRows = [.. all[..blocks].Select(block => Enumerable.Range(0, count).Select(_ => random.NextInt(block.Rows.RowCount - 1)).ToArray())];
        if (isSorted)
        {
            Array.Sort(blockRows[0]);
        }

        float[] targets = [.. Enumerable.Range(0, count).Select(_ => (float)(3 + random.NextGaussian()))];
        return new FeatureRows(targets, all[..blocks], blockRows);
    }

    public static RelationBlock Block(string name, RelationEntity entity, IEnumerable<IEnumerable<(int Column, double Value)>> rows, int? features = null)
    {
        List<long> starts = [0];
        List<int> columns = [];
        List<float> values = [];
        foreach ((int column, double value)[] row in rows.Select(row => row.OrderBy(entry => entry.Column).ToArray()))
        {
            columns.AddRange(row.Select(entry => entry.column));
            values.AddRange(row.Select(entry => (float)entry.value));
            starts.Add(columns.Count);
        }

        return new RelationBlock(name, entity, new RatingMatrix(features ?? Space.Count, [.. starts], [.. columns], [.. values]));
    }

    /// <summary>Everything as one dense design matrix.</summary>
    public NaiveFmSweep Definition()
    {
        double[][] x = [.. Enumerable.Range(0, Rows.Count).Select(row =>
        {
            double[] dense = new double[FeatureSpace.Count];
            for (int block = 0; block < Rows.Blocks.Count; block++)
            {
                RatingMatrix matrix = Rows.Blocks[block].Rows;
                int at = Rows.BlockRows[block][row];
                for (int t = 0; t < matrix.RowLength(at); t++)
                {
                    dense[matrix.RowColumns(at)[t]] += matrix.RowValues(at)[t];
                }
            }

            return dense;
        })];
        return new NaiveFmSweep
        {
            X = x,
            Y = [.. Rows.Targets.Select(target => (double)target)],
            Intercept = Parameters.Weights[FeatureSpace.Count],
            Weights = [.. Parameters.Weights.Take(FeatureSpace.Count).Select(weight => (double)weight)],
            Factors = [.. Enumerable.Range(0, FeatureSpace.Count).Select(feature =>
                Parameters.Factors.Row(feature)[..Options.Rank].ToArray().Select(value => (double)value).ToArray())],
        };
    }

    /// <summary>The rows cut into as many slices as there are workers.</summary>
    public FmSampler[] Workers(int count) => [.. Enumerable.Range(0, count).Select(worker =>
        new FmSampler(Options, FeatureSpace, Rows.Slice(Rows.Count * worker / count, Rows.Count * (worker + 1) / count), Rows.Count * worker / count))];

    public void Run(FmSampler[] workers, int epochs, Action? afterEpoch = null)
    {
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            RunEpoch(workers, epoch, epochs);
            afterEpoch?.Invoke();
        }
    }

    public void RunEpoch(FmSampler[] workers, int epoch, int epochs)
    {
        RunClocks(workers, epoch);

        // Each worker has tables of its own.
        FmParameters[] others = [.. workers.Skip(1).Select(_ => Copy().Parameters)];
        workers[0].EndEpoch(Parameters, epoch, epochs);
        foreach ((FmSampler worker, FmParameters its) in workers.Skip(1).Zip(others))
        {
            worker.EndEpoch(its, epoch, epochs);
        }
    }

    /// <summary>All of an epoch but its end.</summary>
    public void RunClocks(FmSampler[] workers, int epoch)
    {
        foreach (FmSampler worker in workers)
        {
            worker.Begin(Parameters, epoch);
        }

        for (int clock = 0; clock < workers[0].Clocks; clock++)
        {
            double[] totals = new double[workers[0].StatisticsLength(clock)];
            foreach (FmSampler worker in workers)
            {
                double[] own = worker.Statistics(clock);
                for (int index = 0; index < totals.Length; index++)
                {
                    totals[index] += own[index];
                }
            }

            foreach (FmSampler worker in workers)
            {
                worker.Apply(clock, totals);
            }
        }
    }

    /// <summary>Another problem with the same settings, rows and parameters.</summary>
    public SampledProblem Copy()
    {
        SampledProblem copy = new(Options, FeatureSpace, Rows);
        Parameters.Factors.Values.CopyTo(copy.Parameters.Factors.Values);
        Parameters.Weights.CopyTo(copy.Parameters.Weights, 0);
        return copy;
    }

    /// <summary>All that the tables hold.</summary>
    public float[] Values() => [.. Parameters.Weights, .. Parameters.Factors.Values];
}
