using System.Globalization;
using DistRec.Numerics.Linear;

namespace DistRec.Training.Jobs;

/// <summary>
/// What memory a job takes in one process, estimated before anything of it is allocated: what grows with the ratings, what grows with the tables, and the runtime
/// beside them. Measured peaks of generated ratings, 100,000 to 20,000,000 of them, none of which were fitted again, were 0.9 to 1.2 times the estimate.
/// </summary>
/// <param name="Data">Bytes of ratings or rows: as they were read, and as the partitions keep them.</param>
/// <param name="Tables">Bytes of all copies of the tables: those that are trained and those beside them, the best ones, and the model's.</param>
public sealed record JobMemory(long Data, long Tables)
{
    /// <summary>Bytes of the runtime, code and threads.</summary>
    public const long Runtime = 110L << 20;

    // An index and a value.
    private const int BytesOfRating = sizeof(int) + sizeof(float);

    // Trained, spare, best, and the model.
    private const int Copies = 4;

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

        // Partitions of items of alternating models have the ratings once more, by items.
        int orders = settings.Model.Scheme == TrainingScheme.Alternating ? 2 : 1;
        return settings.Model.HasFeatures
            ? new JobMemory(ratings * (BytesOfRating + BytesOfRow(blocks: 2)), TablesOf(settings, 0, users + items + 1))
            : new JobMemory(ratings * orders * BytesOfRating, TablesOf(settings, users, items));
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
            long refit = settings.Refit && validation > 0 ? train.Data + (validation * BytesOfRating) : 0;
            return train with { Data = train.Data + aside + refit };
        }

        // Ratings stay beside the rows that were made of them.
        long rows = (features.Train.Count + (features.Validation?.Count ?? 0)) * BytesOfRow(features.Train.Blocks.Count);
        long blocks = features.Train.Blocks.Sum(block => block.Rows.Count * (block.Entity == RelationEntity.Row ? 2 : 1)) * BytesOfRating;
        return new JobMemory((data.Train.Count * BytesOfRating) + rows + blocks, TablesOf(settings, 0, features.Space.Count + 1));
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

    private string Parts => $"{Show(Data)} of ratings, {Show(Tables)} of tables, {Show(Runtime)} besides";

    private static long TablesOf(TrainingSettings settings, long userRows, long itemRows)
    {
        long users = BytesOf(userRows, settings.Model.WidthOf(Side.User));
        long items = BytesOf(itemRows, settings.Model.WidthOf(Side.Item));
        return settings.Model.Scheme switch
        {
            // Every worker has the rows that it needs, most of them in the worst case; or all, beside sums and what is published of them.
            TrainingScheme.ParameterServer => (Copies * (users + items)) + (settings.Partitions * items),
            TrainingScheme.AllReduce => (Copies + 2 + settings.Partitions) * items,
            _ => Copies * (users + items),
        };
    }

    // A target and the row of each block: as they were made, as a partition has its part, and errors and runs in the partition.
    private static long BytesOfRow(int blocks) => 3L * (1 + blocks) * sizeof(int);

    // With a bias a row.
    private static long BytesOf(long rows, int width) => rows * (FactorTable.StrideOf(width) + 1) * sizeof(float);

    private static string Show(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0} MiB");
}
