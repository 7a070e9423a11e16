using System.Security.Cryptography;
using System.Text;
using DistRec.Models.ImplicitAls;

namespace DistRec.Cli.Sources;

/// <summary>Ratings of a job, parted.</summary>
/// <param name="Data">Ids, titles and fingerprint. Its ratings must not be read: the training part may have taken over their arrays.</param>
/// <param name="Split">The parts.</param>
/// <param name="RatingCount">Ratings of all parts.</param>
/// <param name="NoiseFloorRmse">Test RMSE of what generated ratings were planted with, which no model can be expected to beat; null for other data.</param>
internal sealed record JobData(RatingData Data, RatingSplit Split, long RatingCount, double? NoiseFloorRmse = null)
{
    /// <summary>What training needs of it.</summary>
    public TrainingData ForTraining(TrainJob job) => new(Split.Train, Split.Validation, Data.Name, PartsFingerprint(job.Split))
    {
        Features = Features,
        Feedback = FeedbackSource.PairsOf(job, this),
    };

    /// <summary>What <c>fm</c> and <c>poly-svm</c> learn from; null for other models.</summary>
    public FeatureData? Features { get; init; }

    /// <summary>How targets of rows of features named two classes.</summary>
    public LabelKind Labels { get; init; }

    /// <summary>More partitions than that would have nothing to do: rows of the smaller side.</summary>
    public int MaxPartitions => TrainingData.MaxPartitionsOf(Split.Train, Features);

    /// <summary>Ratings or rows to learn from.</summary>
    public long TrainCount => Features?.Train.Count ?? Split.Train.Count;

    /// <summary>Ratings or rows that epochs are judged by.</summary>
    public long ValidationCount => (Features is null ? Split.Validation?.Count : Features.Validation?.Count) ?? 0;

    /// <summary>Ratings or rows for the final figures.</summary>
    public long TestCount => (Features is null ? Split.Test?.Count : Features.Test?.Count) ?? 0;

    /// <summary>What the job's file of feedback has; null where there is none.</summary>
    public FeedbackPairs? FeedbackFile { get; init; }

    /// <summary>Its size in words.</summary>
    public string Describe() => Data.Users.Count == 0
        ? $"{Data.Name}: {Quantity.Count(RatingCount)} rows of {Quantity.Count(Features!.Space.Count)} features"
        : $"{Data.Name}: {Quantity.Ratings(RatingCount, Data.Items.Count, Data.Users.Count)}";

    /// <summary>Identifies data and parts together: a checkpoint goes on only with both the same.</summary>
    public string PartsFingerprint(SplitOptions split)
    {
        string parts = $"{Data.Fingerprint} {split.Kind} {split.TestRatio:R} {split.ValidationRatio:R} {split.Seed} {split.LastCount} {split.Fold}/{split.FoldCount}";
        string features = Features is null ? "" : FeatureSource.FingerprintOf(Features);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts + features + FeedbackSource.FingerprintOf(this))));
    }
}

/// <summary>Brings the ratings of a job into memory: reads, downloads or generates them, and parts them.</summary>
internal static class DataSource
{
    /// <exception cref="InputException">The data is not usable.</exception>
    public static async Task<JobData> LoadAsync(TrainJob job, CliHost host, IStageView stages) =>
        FeedbackSource.AddFile(job, await LoadRowsAsync(job, host, stages), host, stages);

    private static async Task<JobData> LoadRowsAsync(TrainJob job, CliHost host, IStageView stages)
    {
        if (FeatureFiles.Of(job) is { } files)
        {
            if (job.Events is not null)
            {
                throw InputException.At("--events", "ratings of users for events to follow", "rows of features", "leave it out");
            }

            stages.Show("reading", 0, "");
            return FeatureFiles.Load(job, files, stages, host.Stop);
        }

        JobData data = await LoadRatingsAsync(job, host, stages);
        if (job.Features is null)
        {
            return data;
        }

        stages.Show("encoding", 0, "");
        string? path = job.Data switch
        {
            DataChoice.Generated => null,
            DataChoice.Pair pair => pair.Train,
            _ => await PathOfAsync(job.Data, host, stages),
        };
        return data with { Features = FeatureSource.OfRatings(job, path, data.Data, data.Split) };
    }

    private static async Task<JobData> LoadRatingsAsync(TrainJob job, CliHost host, IStageView stages)
    {
        ReadOptions read = job.Read with { DropZeros = job.Training.Model.DropsZeros };
        if (job.Data is DataChoice.Pair pair)
        {
            GivenSplit given = RatingReader.ReadPair(pair.Train, pair.Test, read, new ReadView(stages), host.Stop);
            Tell(given.Data, stages);
            RequireRatings(given.Data, job);
            RatingSplit rest = Splitter.Split(given.Data, job.Split);
            RatingMatrix test = given.Split.Test!;
            return new JobData(given.Data, rest with { Test = test }, rest.Train.Count + (rest.Validation?.Count ?? 0) + test.Count);
        }

        if (job.Data is DataChoice.Generated generated)
        {
            SyntheticData made = Generate(generated, job, host);
            RatingSplit parts = Splitter.Split(made.Data, job.Split);
            return new JobData(
                made.Data, parts, generated.Ratings, parts.Test is { Count: > 0 } unseen ? made.Planted.FloorRmse(unseen) : null);
        }

        if (job.Events is { } events)
        {
            stages.Show("reading the events", 0, "");
            read = read with { Later = await events.ReadAsync(job.Training.Model.IsImplicit, host.Time, host.Stop) };
            stages.Say($"{Quantity.Of(read.Later.Count, "event")} after the ratings of the data");
        }

        RatingData data = await ReadAsync(job.Data, read, host, stages);
        Tell(data, stages);
        RequireRatings(data, job);
        if (job.Events is { } told)
        {
            data = await told.DescribeAsync(data, host.Time, host.Stop);
        }

        long count = data.Ratings.Count;
        return new JobData(data, Splitter.Split(data, job.Split), count);
    }

    /// <summary>Refuses pairs of user and item where a model learns or predicts ratings.</summary>
    /// <param name="data">What was read.</param>
    /// <param name="isImplicit">Whether the model takes pairs for preferences.</param>
    /// <param name="kind">The model, for the message.</param>
    /// <exception cref="InputException">They are.</exception>
    public static void RequireRatings(RatingData data, bool isImplicit, string kind)
    {
        if (!data.HasRatings && !isImplicit)
        {
            throw InputException.At(
                data.Name, $"ratings for {kind}", "pairs of user and item without ratings",
                "train --model als-implicit, or fm --task ranking, which learn from pairs; or name the column of ratings with --columns");
        }
    }

    // What is open is chosen by whether there are any.
    private static void RequireRatings(RatingData data, TrainJob job) =>
        RequireRatings(data, job.Training.Model.IsImplicit || job.Choices.Count > 0, job.Training.Model.Kind);

    private static void Tell(RatingData data, IStageView stages)
    {
        foreach (string note in data.Notes)
        {
            stages.Say($"note: {note}");
        }

        if (data.AttributesFault is { } fault)
        {
            stages.Say($"note: the model will not know what its items are, for filters: {fault}");
        }
    }

    /// <summary>Reads the ratings of a choice.</summary>
    public static async Task<RatingData> ReadAsync(DataChoice choice, ReadOptions options, CliHost host, IStageView stages) =>
        RatingReader.Read(await PathOfAsync(choice, host, stages), options, new ReadView(stages), host.Stop);

    /// <summary>Where the ratings of a choice are, after downloading those of a published data set if they are not here yet.</summary>
    public static async Task<string> PathOfAsync(DataChoice choice, CliHost host, IStageView stages) => choice is DataChoice.Published published
        ? await DownloadAsync(published.Name, DataCache.PathOf(host), host, stages)
        : ((DataChoice.AtPath)choice).Path;

    /// <summary>Downloads a published data set, unless it is here already.</summary>
    /// <returns>Its folder.</returns>
    public static Task<string> DownloadAsync(string name, string folder, CliHost host, IStageView stages) =>
        DataSetDownloader.DownloadAsync(name, folder, host.Network, new DownloadView(stages), host.Stop);

    private static SyntheticData Generate(DataChoice.Generated generated, TrainJob job, CliHost host) =>
        SyntheticRatings.Generate(
            new SyntheticOptions
            {
                RatingCount = generated.Ratings,
                UserCount = generated.Users,
                ItemCount = generated.Items,
                Rank = GeneratedDefaults.Rank,
                Timestamps = job.Split.Kind is SplitKind.LastOfUser or SplitKind.LatestOfAll or SplitKind.OneOfUser,
                Titles = true,
                Seed = job.Seed,
                Threads = job.Split.Threads,
            },
            cancellation: host.Stop);

    private sealed class ReadView(IStageView stages) : IProgress<ReadProgress>
    {
        public void Report(ReadProgress value) =>
            stages.Show("reading", value.TotalBytes > 0 ? (double)value.BytesRead / value.TotalBytes : 0, $"{Quantity.Count(value.Ratings)} ratings");
    }

    private sealed class DownloadView(IStageView stages) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => stages.Show(
            $"downloading {value.File}",
            value.TotalBytes is > 0 and { } total ? (double)value.BytesReceived / total : 0,
            $"{value.BytesReceived / (1024.0 * 1024.0):0.0} MiB");
    }
}
