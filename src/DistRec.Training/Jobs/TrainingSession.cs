using DistRec.Training.Actors;
using DistRec.Training.Blocks;
using DistRec.Training.Compute;
using DistRec.Training.Coordination;
using DistRec.Training.Journal;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;
using DistRec.Training.Work;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Training.Jobs;

/// <summary>
/// Runs one training job in this process: publishes the ratings to the partitions, starts the coordinator, keeps what the job tells and
/// takes the tables. All training happens in the actors, which are those of a cluster.
/// </summary>
public sealed class TrainingSession
{
    private readonly TrainingData _data;
    private readonly TrainingSettings _settings;
    private readonly SessionOptions _options;
    private readonly IProgress<JobEvent>? _progress;
    private readonly SessionParts _parts;
    private readonly CheckpointFolder? _checkpoints;
    private readonly LearningCurve _curve = new();
    private FactorModel? _model;
    private string? _checkpointPath;

    private TrainingSession(
        TrainingData data, TrainingSettings settings, SessionOptions options, IProgress<JobEvent>? progress, SessionParts parts)
    {
        _data = data;
        _settings = settings;
        _options = options;
        _progress = progress;
        _parts = parts;
        _checkpoints = options.WorkFolder is null ? null : new CheckpointFolder(CheckpointsOf(options.WorkFolder), options.Resume);
    }

    /// <summary>Trains a model.</summary>
    /// <param name="data">The ratings.</param>
    /// <param name="settings">What a person decides about.</param>
    /// <param name="options">Journal, checkpoints, resuming.</param>
    /// <param name="progress">Told every event of the job, in order.</param>
    /// <param name="cancellationToken">Stops the job, with a checkpoint of the last epoch that was done.</param>
    /// <returns>How it ended. A job that fails on its way is an outcome, not an exception.</returns>
    /// <exception cref="InputException">Settings, data or work folder cannot be used.</exception>
    public static Task<TrainingOutcome> RunAsync(
        TrainingData data,
        TrainingSettings settings,
        SessionOptions options,
        IProgress<JobEvent>? progress = null,
        CancellationToken cancellationToken = default) =>
        RunAsync(data, settings, options, new SessionParts(), progress, cancellationToken);

    /// <summary>Removes the checkpoints of a job whose model is safe.</summary>
    public static void RemoveCheckpoints(string workFolder) => new CheckpointFolder(CheckpointsOf(workFolder), goesOn: true).Clear();

    /// <summary>As above, with parts of the caller's making.</summary>
    internal static async Task<TrainingOutcome> RunAsync(
        TrainingData data,
        TrainingSettings settings,
        SessionOptions options,
        SessionParts parts,
        IProgress<JobEvent>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(options);
        TrainingOutcome outcome = await new TrainingSession(data, settings, options, progress, parts).RunAsync(cancellationToken).ConfigureAwait(false);

        // What partitions had is garbage now, and the model is about to be evaluated beside it.
        JobMemory taken = JobMemory.Of(settings, data);
        TableCollector.Collect(taken.Data + taken.Tables);
        return outcome;
    }

    private async Task<TrainingOutcome> RunAsync(CancellationToken cancellationToken)
    {
        _settings.Validate();
        if (_settings.Model.Scheme != TrainingScheme.Alternating && _settings.Threads > _settings.Partitions)
        {
            _curve.AddNote($"a partition descends on one thread, so {_settings.Partitions} of {_settings.Threads} threads train; give as many partitions as threads");
        }

        Checkpoint? checkpoint = _options.Resume ? LoadCheckpoint() : null;
        JobSpec spec = JobSpecs.Create(_options.Job, _data, _settings, checkpoint?.Resume);
        using JobJournal? journal = _options.WorkFolder is null
            ? null
            : JobJournal.Open(Path.Combine(_options.WorkFolder, "journal.db"), _options.Time);
        journal?.Begin(spec);
        using ComputePool compute = new(_settings.Threads);
        using LocalBlockExchange blocks = new();
        NodeResources node = new(blocks, compute);
        LocalTraining actors = LocalTraining.Start(node, _parts.Works);
        await using (actors.ConfigureAwait(false))
        {
            await PublishDataAsync(node, spec, checkpoint).ConfigureAwait(false);
            Keeper keeper = new(this, blocks, spec, journal);
            StateChanged end = await actors.RunAsync(spec, keeper, _parts.Logger, _options.Time, cancellationToken).ConfigureAwait(false);
            return new TrainingOutcome(end.State, end.Reason, _model, end.BestEpoch, _curve.Epochs, _curve.Notes, _checkpointPath) { Refitted = end.Refitted };
        }
    }

    private static string CheckpointsOf(string workFolder) => Path.Combine(workFolder, "checkpoints");

    private Checkpoint LoadCheckpoint()
    {
        Checkpoint checkpoint = (_checkpoints ?? throw InputException.At("--resume", "a work folder", "none", "give --out")).LoadNewest();
        if (checkpoint.Fingerprint != _data.Fingerprint)
        {
            throw InputException.At(
                _checkpoints.Newest!, $"a checkpoint of the data {_data.Name} ({_data.Fingerprint[..12]}…)", $"one of other data ({checkpoint.Fingerprint[..12]}…)",
                "give the data, split and seed that the job began with, or leave out --resume");
        }

        // The model's settings are part of the tables' meaning; epochs, patience and partitions may change.
        JobSpec now = JobSpecs.Create(_options.Job, _data, _settings, null);
        if (!JobSpecs.HaveSameModel(now, checkpoint.Spec))
        {
            throw InputException.At(
                _checkpoints.Newest!, "the model settings that the job began with", "other ones", "give the same settings, or leave out --resume");
        }

        _checkpointPath = _checkpoints.Newest;
        foreach (EpochFinished done in checkpoint.Resume.Epochs)
        {
            _curve.Add(new JobEvent { Epoch = done });
        }

        return checkpoint;
    }

    // Ratings, and on resuming the tables, wait in the exchange until the partitions pull them.
    private async Task PublishDataAsync(NodeResources node, JobSpec spec, Checkpoint? checkpoint)
    {
        (string Region, int Partition, Func<IBlock> Make)[] ratings = [.. JobData.Ratings(spec, _data)];
        await node.Compute.ForAsync(
            ratings.Length,
            (i, _) => node.Blocks.Publish(JobBlocks.RatingsKey(spec.Job, ratings[i].Region, ratings[i].Partition), ratings[i].Make())).ConfigureAwait(false);
        if (checkpoint is not null)
        {
            PublishTables(JobBlocks.Tables, checkpoint.Current);
            PublishTables(JobBlocks.BestTables, checkpoint.Best);
        }

        void PublishTables(string name, TrainedTables whole)
        {
            foreach ((string region, int block, FactorBlock tables) in JobData.Tables(spec, whole))
            {
                node.Blocks.Publish(JobBlocks.StoredKey(spec.Job, 0, region, name, block), tables);
            }
        }
    }

    // Keeps the curve and the model in memory, checkpoints in their folder.
    private sealed class Keeper(TrainingSession session, IBlockExchange blocks, JobSpec spec, JobJournal? journal) : IJobKeeper
    {
        public Task<JobStart> PrepareAsync(CancellationToken cancellationToken) => Task.FromResult(new JobStart());

        public Task OnEventAsync(JobEvent jobEvent, CancellationToken cancellationToken)
        {
            journal?.Append(spec.Job, jobEvent);
            session._progress?.Report(jobEvent);
            session._curve.Add(jobEvent);
            return Task.CompletedTask;
        }

        public async Task TakeAsync(TablesPublished tables, EndpointTable endpoints, CancellationToken cancellationToken)
        {
            if (tables.Purpose == TablesPurpose.Model)
            {
                FactorBlock[] users = await PullSideAsync(Side.User).ConfigureAwait(false);
                FactorBlock[] items = await PullSideAsync(Side.Item).ConfigureAwait(false);
                session._model = JobTables.ToModel(spec, users, items, session._data.Features);
            }
            else if (session._checkpoints is { } checkpoints)
            {
                TrainedTables current = await PullAsync(JobBlocks.Tables).ConfigureAwait(false);
                TrainedTables best = await PullAsync(JobBlocks.BestTables).ConfigureAwait(false);
                ResumePoint resume = tables.Resume.Clone();
                resume.Epochs.Add(session._curve.Epochs.Where(epoch => epoch.Epoch <= resume.Epoch || resume.Policy.RefitEpochs > 0));
                session._checkpointPath = checkpoints.Save(new Checkpoint(spec, session._data.Fingerprint, resume, current, best));
            }

            Task<FactorBlock[]> PullSideAsync(Side side) =>
                PublishedTables.PullSideAsync(blocks, spec, endpoints, side, tables.Version, JobBlocks.Tables, cancellationToken);

            Task<TrainedTables> PullAsync(string name) => PublishedTables.PullAsync(blocks, spec, endpoints, tables.Version, name, cancellationToken);
        }
    }
}

/// <summary>What tests put something else in the place of.</summary>
internal sealed record SessionParts
{
    /// <summary>Makes what holds a partition's tables.</summary>
    public PartitionWorkFactory Works { get; init; } = PartitionWorks.Create;

    /// <summary>Hears what the coordinator does.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
