using System.Net;
using DistRec.Cluster.Api;
using DistRec.Data;
using DistRec.Models;
using DistRec.Training.Blocks;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Cluster.Client;

/// <summary>
/// Trains a job on a cluster as <see cref="TrainingSession"/> does in this process: uploads the ratings, submits the job, follows
/// it, and takes the model. The two halves may run in two processes, at two times.
/// </summary>
public sealed class ClusterTraining
{
    // One block is made while another one travels.
    private const int BlocksInFlight = 2;

    private const double SecondsBetweenSnapshots = 2;
    private static readonly TimeSpan TakeBackTimeout = TimeSpan.FromSeconds(5);

    private readonly ClusterClient _client;
    private readonly ClusterTrainingOptions _options;
    private readonly RetryPolicy _retries;

    /// <param name="client">Calls the cluster.</param>
    /// <param name="options">The job's name, and how long the cluster is waited for.</param>
    public ClusterTraining(ClusterClient client, ClusterTrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        _client = client;
        _options = options;
        _retries = new RetryPolicy(client, options);
    }

    /// <summary>Trains a model.</summary>
    /// <param name="data">The ratings.</param>
    /// <param name="settings">What a person decides about; threads are the workers' own.</param>
    /// <param name="progress">Told every event of the job, in order.</param>
    /// <param name="cancellationToken">Ends the upload; later it cancels the job, and what the job then comes to is returned.</param>
    /// <returns>How it ended. A job that fails on its way is an outcome, not an exception.</returns>
    /// <exception cref="InputException">Settings or data cannot be used.</exception>
    /// <exception cref="ClusterException">The cluster refuses the job, or is lost.</exception>
    public async Task<TrainingOutcome> RunAsync(
        TrainingData data, TrainingSettings settings, IProgress<JobEvent>? progress = null, CancellationToken cancellationToken = default)
    {
        JobSpec spec = await SubmitAsync(data, settings, cancellationToken).ConfigureAwait(false);
        return await FollowAsync(spec, data?.Features, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Uploads the ratings and submits the job.</summary>
    /// <returns>What was submitted; <see cref="FollowAsync"/> needs it.</returns>
    /// <exception cref="InputException">Settings or data cannot be used.</exception>
    /// <exception cref="ClusterException">The cluster refuses the job, or is lost.</exception>
    /// <remarks><see cref="ClusterTrainingOptions.Submitting"/> is called between the two.</remarks>
    public async Task<JobSpec> SubmitAsync(TrainingData data, TrainingSettings settings, CancellationToken cancellationToken = default)
    {
        JobSpec spec = SpecOf(data, settings);
        try
        {
            if (spec.RatingsOf.Length == 0)
            {
                await PutRatingsAsync(spec, data, cancellationToken).ConfigureAwait(false);
            }

            if (_options.Submitting is { } save)
            {
                // Before the job can exist: whoever is interrupted after that finds it again.
                await save(spec).ConfigureAwait(false);
            }

            // Once sent it is not given up halfway: nobody would know whether the job is there.
            await _retries.TryAsync(_ => _client.SubmitAsync(spec, _options.Name, CancellationToken.None), cancellationToken)
                .ConfigureAwait(false);
            return spec;
        }
        catch
        {
            await TakeBackAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Uploads ratings that several jobs share, under the name of the options' job, which is none: jobs have it as their
    /// <see cref="ClusterTrainingOptions.RatingsOf"/>. May be repeated; <see cref="ClusterClient.RemoveAsync"/> removes them.
    /// </summary>
    /// <param name="data">The ratings.</param>
    /// <param name="settings">The settings of one of the jobs; see <see cref="RatingsKey"/>.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <exception cref="InputException">Settings or data cannot be used.</exception>
    /// <exception cref="ClusterException">The cluster refuses the ratings, or is lost.</exception>
    public Task UploadAsync(TrainingData data, TrainingSettings settings, CancellationToken cancellationToken = default) =>
        PutRatingsAsync(SpecOf(data, settings), data, cancellationToken);

    /// <summary>Tells jobs whose ratings are the same, cut and ordered the same way: equal texts, equal uploads.</summary>
    public static string RatingsKey(JobSpec spec, string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return string.Join(
            '\n', fingerprint, spec.Scheme, spec.Refit, spec.Options.NeighborLists is not null,
            string.Join(' ', spec.UserStarts), string.Join(' ', spec.ItemStarts), string.Join(' ', spec.Features?.RowStarts ?? []));
    }

    /// <summary>Follows a submitted job to its end, and takes the model.</summary>
    /// <param name="spec">What was submitted.</param>
    /// <param name="features">The features it was submitted with; null for a model of ratings.</param>
    /// <param name="progress">Told every event of the job, in order, also those of the past.</param>
    /// <param name="cancellationToken">Cancels the job; what it then comes to is returned.</param>
    /// <exception cref="ClusterException">There is no such job or model, or the cluster is lost.</exception>
    public async Task<TrainingOutcome> FollowAsync(
        JobSpec spec, FeatureData? features, IProgress<JobEvent>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        TrainingOutcome outcome = await WatchAsync(progress, cancellationToken).ConfigureAwait(false);
        if (outcome.State == JobState.Failed || outcome.Epochs.Count == 0)
        {
            return outcome;
        }

        // Whoever cancelled the job wants what there is; whoever stops after its end wants to stop.
        CancellationToken taking = cancellationToken.IsCancellationRequested ? CancellationToken.None : cancellationToken;
        try
        {
            FactorModel model = await ModelDownload.RunAsync(_client, _retries, spec, features, taking).ConfigureAwait(false);
            return outcome with { Model = model };
        }
        catch (ClusterRefusedException exception) when (outcome.State == JobState.Cancelled && exception.Status == HttpStatusCode.NotFound)
        {
            return outcome;
        }
    }

    /// <summary>The job as the cluster has it; null where there is none of its id.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ClusterException">The cluster refuses to tell, or is lost.</exception>
    public async Task<JobSummary?> FindAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _retries.TryAsync(token => _client.JobAsync(_options.Job, token), cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterRefusedException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Removes the job that has ended, its model and its record, or ratings that were uploaded for others; where it is not there, nothing.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ClusterException">The job has not ended, or the cluster is lost.</exception>
    public async Task RemoveAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _retries.TryAsync(token => _client.RemoveAsync(_options.Job, token), cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterRefusedException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            // It was removed before.
        }
    }

    /// <summary>Follows a submitted job to its end, without its model.</summary>
    /// <param name="progress">Told every event of the job, in order, also those of the past.</param>
    /// <param name="cancellationToken">Cancels the job; how it then ends is returned.</param>
    /// <exception cref="ClusterException">There is no such job, or the cluster is lost.</exception>
    public async Task<TrainingOutcome> WatchAsync(IProgress<JobEvent>? progress = null, CancellationToken cancellationToken = default)
    {
        LearningCurve curve = new();
        JobFollower follower = new(_client, _retries, _options, curve, progress);
        StateChanged end = await follower.ToEndAsync(cancellationToken).ConfigureAwait(false);
        return new TrainingOutcome(end.State, end.Reason, null, end.BestEpoch, curve.Epochs, curve.Notes, null) 
        {
            Refitted = end.Refitted,
            Diverged = end.Diverged,
        };
    }

    /// <summary>What <see cref="SubmitAsync"/> submits: lost partitions are rebuilt from snapshots in the job's store.</summary>
    /// <exception cref="InputException">Settings or data cannot be used.</exception>
    public JobSpec SpecOf(TrainingData data, TrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        JobSpec spec = JobSpecs.Create(_options.Job, data, settings, null);
        spec.RatingsOf = _options.RatingsOf;
        spec.Snapshots = true;
        spec.SnapshotSeconds = SecondsBetweenSnapshots;
        return spec;
    }

    private async Task PutRatingsAsync(JobSpec spec, TrainingData data, CancellationToken cancellationToken)
    {
        (string Kind, int Shard, Func<IBlock> Make)[] blocks = [.. JobData.Ratings(spec, data)];
        int uploaded = 0;
        await Parallel.ForEachAsync(
            blocks,
            new ParallelOptions { MaxDegreeOfParallelism = BlocksInFlight, CancellationToken = cancellationToken },
            async (block, token) =>
            {
                IBlock ratings = block.Make();
                await _retries.TryAsync(again => _client.PutRatingsAsync(spec.Job, block.Kind, block.Shard, ratings, again), token)
                    .ConfigureAwait(false);
                _options.Uploaded?.Report(Interlocked.Increment(ref uploaded) / (double)blocks.Length);
            }).ConfigureAwait(false);
    }

    // Ratings of a job that never came to be are of no use. Whether it came to be is not known where an answer was lost.
    private async Task TakeBackAsync()
    {
        using CancellationTokenSource late = new(TakeBackTimeout, _client.Time);
        try
        {
            await _client.CancelAsync(_options.Job, late.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ClusterException or OperationCanceledException)
        {
            // It is not there.
        }

        try
        {
            await _client.RemoveAsync(_options.Job, late.Token).ConfigureAwait(false);
        }
        catch (ClusterRefusedException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            // Nothing of it had come.
        }
        catch (Exception exception) when (exception is ClusterException or OperationCanceledException)
        {
            _options.StatusMessages?.Report($"what was uploaded of job {_options.Job} may still be on the cluster ({exception.Message})");
        }
    }
}
