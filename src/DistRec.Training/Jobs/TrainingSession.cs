using DistRec.Actors;
using DistRec.Data;
using DistRec.Models;
using DistRec.Training.Actors;
using DistRec.Training.Journal;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;

namespace DistRec.Training.Jobs;

/// <summary>
/// Runs one training job on the engine of this process: publishes the ratings to the partitions, starts the coordinator, watches,
/// and takes the tables. The client's side of the protocol; all training happens in the actors.
/// </summary>
public sealed class TrainingSession
{
    private readonly TrainingData _data;
    private readonly TrainingSettings _settings;
    private readonly SessionOptions _options;
    private readonly IProgress<JobEvent>? _progress;
    private readonly ParticipantFactories _factories;
    private readonly CheckpointFolder? _checkpoints;
    private readonly LearningCurve _curve = new();
    private FactorModel? _model;
    private string? _checkpointPath;

    private TrainingSession(
        TrainingData data, TrainingSettings settings, SessionOptions options, IProgress<JobEvent>? progress, ParticipantFactories factories)
    {
        _data = data;
        _settings = settings;
        _options = options;
        _progress = progress;
        _factories = factories;
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
        RunAsync(data, settings, options, new ParticipantFactories(), progress, cancellationToken);

    /// <summary>Removes the checkpoints of a job whose model is safe.</summary>
    public static void RemoveCheckpoints(string workFolder) => new CheckpointFolder(CheckpointsOf(workFolder), goesOn: true).Clear();

    /// <summary>As above, with participants of the caller's making.</summary>
    internal static async Task<TrainingOutcome> RunAsync(
        TrainingData data,
        TrainingSettings settings,
        SessionOptions options,
        ParticipantFactories factories,
        IProgress<JobEvent>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(options);
        return await new TrainingSession(data, settings, options, progress, factories).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<TrainingOutcome> RunAsync(CancellationToken cancellationToken)
    {
        _settings.Validate();
        if ((_settings.Mf ?? _settings.Feedback ?? (object?)_settings.Fm) is not null && _settings.Threads > _settings.Partitions)
        {
            _curve.AddNote($"a partition descends on one thread, so {_settings.Partitions} of {_settings.Threads} threads train; give as many partitions as threads");
        }

        Checkpoint? checkpoint = _options.Resume ? LoadCheckpoint() : null;
        JobSpec spec = JobSpecs.Create(_options.Job, _data, _settings, checkpoint?.Resume);
        using JobJournal? journal = _options.WorkFolder is null
            ? null
            : JobJournal.Open(Path.Combine(_options.WorkFolder, "journal.db"), _options.Time);
        journal?.Begin(spec);
        LocalActorSystem system = new(new LocalActorSystemOptions { ComputeThreads = _settings.Threads, Time = _options.Time });
        try
        {
            await PublishDataAsync(system, spec, checkpoint).ConfigureAwait(false);
            system.Register([.. _factories.Kinds(spec.UserStarts.Count - 1)]);
            Keeper keeper = new(this, system.Blocks, spec, journal);
            StateChanged end = await new JobRunner(new ActorPort(system), keeper).RunAsync(new StartJob { Spec = spec }, cancellationToken).ConfigureAwait(false);
            return new TrainingOutcome(end.State, end.Reason, _model, end.BestEpoch, _curve.Epochs, _curve.Notes, _checkpointPath);
        }
        finally
        {
            await system.DisposeAsync().ConfigureAwait(false);
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
        return checkpoint;
    }

    // Ratings, and on resuming the tables, wait in the exchange until the partitions pull them.
    private async Task PublishDataAsync(LocalActorSystem system, JobSpec spec, Checkpoint? checkpoint)
    {
        (string Kind, int Shard, Func<IBlock> Make)[] ratings = [.. JobData.Ratings(spec, _data)];
        await system.Compute.ForAsync(
            ratings.Length,
            (i, _) => system.Blocks.Publish(Addresses.RatingsKey(spec.Job, ratings[i].Kind, ratings[i].Shard), ratings[i].Make())).ConfigureAwait(false);
        if (checkpoint is not null)
        {
            PublishTables(Addresses.Tables, checkpoint.Current);
            PublishTables(Addresses.KeptTables, checkpoint.Kept);
        }

        void PublishTables(string name, TrainedTables whole)
        {
            foreach ((string kind, int block, FactorBlock tables) in JobData.Tables(spec, whole))
            {
                system.Blocks.Publish(Addresses.StoredKey(spec.Job, 0, kind, name, block), tables);
            }
        }
    }

    // Keeps the curve and the model in memory, checkpoints in their folder.
    private sealed class Keeper(TrainingSession session, IBlockExchange blocks, JobSpec spec, JobJournal? journal) : IJobKeeper
    {
        public ValueTask OnEventAsync(JobEvent happening)
        {
            journal?.Append(spec.Job, happening);
            session._progress?.Report(happening);
            session._curve.Add(happening);
            return ValueTask.CompletedTask;
        }

        public async Task TakeAsync(TablesPublished tables, CancellationToken cancellationToken)
        {
            if (tables.Purpose == TablesPurpose.Model)
            {
                (FactorBlock users, FactorBlock items) = await PullAsync(Addresses.Tables).ConfigureAwait(false);
                session._model = JobTables.ToModel(spec, users, items, session._data.Features);
            }
            else if (session._checkpoints is { } checkpoints)
            {
                TrainedTables current = await PullAsync(Addresses.Tables).ConfigureAwait(false);
                TrainedTables kept = await PullAsync(Addresses.KeptTables).ConfigureAwait(false);
                session._checkpointPath = checkpoints.Save(new Checkpoint(spec, session._data.Fingerprint, tables.Resume, current, kept));
            }

            Task<TrainedTables> PullAsync(string name) => PublishedTables.PullAsync(blocks, spec, tables.Version, name, cancellationToken);
        }
    }
}
