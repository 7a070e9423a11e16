using System.Globalization;
using DistRec.Models.Neural;
using DistRec.Numerics.Linear;

namespace DistRec.Training.Jobs;

/// <summary>
/// What memory a job takes in one process, estimated before anything of it is allocated: what grows with the ratings, what grows with the tables,
/// and the runtime beside them. Measured peaks, of 100,000 to 20,000,000 ratings of up to 255,000 items, with and without those kept aside being
/// fitted in the end, were 0.78 to 1.26 times the estimate; those of fm by descent on 277,000 features were 1.4 and 1.6 times it.
/// </summary>
/// <param name="Data">Bytes of ratings or rows, as they were read and as the partitions keep them, and of ids.</param>
/// <param name="Tables">Bytes of all copies of the tables: those that are trained and those beside them, the best ones, and the model's.</param>
public sealed record JobMemory(long Data, long Tables)
{
    /// <summary>Bytes of the runtime, code and threads.</summary>
    public const long Runtime = 110L << 20;

    // An index and a value.
    private const int BytesOfRating = sizeof(int) + sizeof(float);

    // Of a user or an item: its id, how to find it, and what is counted of it.
    private const int BytesOfEntity = 128;

    // What a sampler has of a feature beside its factors: where its rows are, what it exchanges, and what its last move changes.
    private const int BytesOfSampledFeature = 120;

    /// <summary>Bytes of all together.</summary>
    public long Total => Data + Tables + Runtime;

    /// <summary>Estimates a job on ratings of which only the numbers are known.</summary>
    /// <param name="settings">The job's settings.</param>
    /// <param name="ratings">Ratings of all parts.</param>
    /// <param name="users">Users.</param>
    /// <param name="items">Items.</param>
    public static JobMemory Of(TrainingSettings settings, long ratings, long users, long items)
    {
        ArgumentNullException.ThrowIfNull(settings);

        // Partitions of items of alternating models have the ratings once more, by items, as those that find lists of like items have; those of models that descend on blocks by block.
        int orders = settings.Model.Scheme == TrainingScheme.ParameterServer && settings.Model.NeighborLists is null ? 1 : 2;
        long ids = (users + items) * BytesOfEntity;
        return settings.Model.HasFeatures
            ? new JobMemory(ids + (ratings * (BytesOfRating + BytesOfRow(blocks: 2))), TablesOf(settings, 0, users + items + 1, ratings))
            : new JobMemory(ids + (ratings * orders * BytesOfRating), TablesOf(settings, users, items, ratings));
    }

    /// <summary>Estimates a job.</summary>
    /// <param name="settings">The job's settings.</param>
    /// <param name="data">Its data.</param>
    public static JobMemory Of(TrainingSettings settings, TrainingData data)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(data);
        if (data.Features is not { } features)
        {
            JobMemory train = Of(settings, data.Train.Count, data.Train.RowCount, data.Train.ColumnCount);
            long validation = data.Validation?.Count ?? 0;
            long aside = (validation + (data.Feedback?.Count ?? 0)) * BytesOfRating;

            // In the end partitions put those kept aside among the others, in arrays of their own.
            int orders = settings.Model.Scheme == TrainingScheme.Alternating ? 2 : 1;
            long refit = settings.Refit && validation > 0 ? (data.Train.Count + validation) * orders * BytesOfRating : 0;
            return train with { Data = train.Data + aside + refit };
        }

        // Ratings stay beside the rows that were made of them.
        long rows = (features.Train.Count + (features.Validation?.Count ?? 0)) * BytesOfRow(features.Train.Blocks.Count);
        long blocks = features.Train.Blocks.Sum(block => block.Rows.Count * (block.Entity == RelationEntity.Row ? 2 : 1)) * BytesOfRating;
        long ids = (data.Train.RowCount + data.Train.ColumnCount) * BytesOfEntity;
        return new JobMemory(ids + (data.Train.Count * BytesOfRating) + rows + blocks, TablesOf(settings, 0, features.Space.Count + 1, features.Train.Count));
    }

    /// <summary>Refuses a job that does not fit.</summary>
    /// <param name="available">Bytes that the process may have.</param>
    /// <exception cref="InputException">It needs more.</exception>
    public void Require(long available)
    {
        if (Total > available)
        {
            throw InputException.At(
                "memory",
                $"a job that fits into the {Show(available)} that this machine lets a process have",
                $"one of about {Show(Total)}: {Parts}",
                Tables > Data ? "give a lower --rank, or submit the job to a cluster of several machines" : "give fewer ratings, or submit the job to a cluster of several machines");
        }
    }

    /// <summary>The estimate in words.</summary>
    /// <param name="available">Bytes that the process may have.</param>
    public string Describe(long available) => $"memory: about {Show(Total)} of {Show(available)}: {Parts}";

    private string Parts => $"{Show(Data)} of ratings and ids, {Show(Tables)} of tables, {Show(Runtime)} besides";

    private static long TablesOf(TrainingSettings settings, long userRows, long itemRows, long ratings)
    {
        ModelOptions model = settings.Model;
        if (model is NeuralOptions neural)
        {
            // And float64 sums of gradients, in shards, and of layers in each worker, besides what it has of these to compute with.
            NeuralShape shape = NeuralShape.Of(neural);
            itemRows += shape.LayerRows;
            long gradients = (userRows + itemRows + (2L * settings.Partitions * shape.LayerRows)) * shape.GradientWidth * sizeof(double);
            return (2 * (BytesOf(userRows, shape.Width) + BytesOf(itemRows, shape.Width))) + BytesOf(userRows + itemRows, shape.Rank) + gradients;
        }

        long users = BytesOf(userRows, model.WidthOf(Side.User));
        long items = BytesOf(itemRows, model.WidthOf(Side.Item));
        long workers = settings.Partitions;
        switch (model.Scheme)
        {
            case TrainingScheme.ParameterServer:
                // Trained and best, or best and the model's. A worker has what a clock changes as it was and as it is; of features all that it meets.
                long search = model.NeighborLists?.BytesFor(itemRows) ?? 0;
                long changed = !model.MovesRows ? 0 : Math.Min(workers * items, ratings / settings.Clocks * BytesOf(1, model.WidthOf(Side.Item)));
                return search + (2 * (users + items)) + BytesOf(userRows, model.PublishedWidthOf(Side.User)) + changed + (model.HasFeatures ? workers * items : changed);
            case TrainingScheme.AllReduce:
                // Those of two epochs, and the model's twice; every worker has all.
                return ((4 + workers) * items) + (workers * itemRows * ((sizeof(float) * (long)model.FactorCount) + BytesOfSampledFeature));
            case TrainingScheme.Alternating:
                // Trained, spare, best, and the model's.
                return 4 * (users + items);
            default:
                return 3 * (users + items);
        }
    }

    // A target and the row of each block: as they were made, as a partition has its part, and errors and runs in the partition.
    private static long BytesOfRow(int blocks) => 3L * (1 + blocks) * sizeof(int);

    // With a bias a row.
    private static long BytesOf(long rows, int width) => rows * (FactorTable.StrideOf(width) + 1) * sizeof(float);

    private static string Show(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0} MiB");
}
