using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using DistRec.Cluster.Api;
using DistRec.Cluster.Client;
using DistRec.Training.Protocol;

namespace DistRec.Cli.Protocols;

/// <summary>
/// Trials as jobs of a cluster. Their ids follow from the search and the trial: those that a killed search left behind are found again.
/// Trials share one upload of ratings, and what the cluster keeps of a job goes when the trial is on the disk here.
/// </summary>
/// <param name="client">Calls the cluster.</param>
/// <param name="parallel">
/// Trials side by side; null for one for each thread that trains, and one that is uploaded and waits for the first to end.
/// </param>
/// <param name="giveUpAfter">How long a cluster that does not answer is asked again.</param>
/// <param name="model">The model, for the jobs' names.</param>
/// <param name="host">The world around.</param>
internal sealed class ClusterPlace(ClusterClient client, int? parallel, TimeSpan giveUpAfter, string model, CliHost host) : ISearchPlace
{
    private const string IdFile = "search.id";
    private const int IdDigits = 12;
    private const int KeyDigits = 24;

    // With fewer, nodes would mostly wait for each other.
    private const int RatingsOfPartition = 100_000;

    private static readonly TimeSpan NewsInterval = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, Lazy<Task>> _uploads = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _shared = new(StringComparer.Ordinal);
    private ClusterStatus? _status;
    private string _prefix = "";

    public int AtOnce => parallel ?? Math.Max(1, ClusterPartitions.ThreadsOf(Status)) + 1;

    private string Model => model;

    private ClusterStatus Status => _status ?? throw new InvalidOperationException("the cluster was not asked yet");

    public async Task PrepareAsync(string folder, IStageView stages)
    {
        _status = await client.StatusAsync(host.Stop);
        _prefix = $"tune-{IdOf(folder)}-";
        int wanted = parallel ?? ClusterPartitions.ThreadsOf(_status);
        if (ClusterPartitions.ThreadsOf(_status) == 0)
        {
            stages.Say("note: no worker has joined the cluster yet; the trials wait until one does");
        }

        if (_status.MaximumJobs > 0 && _status.MaximumJobs < wanted)
        {
            stages.Say(
                $"note: {_status.MaximumJobs} of {wanted} trials train at once, since the cluster runs no more jobs; "
                + $"its coordinators take --jobs {wanted}");
        }
    }

    public TrainJob Fit(TrainJob job, JobData data, bool isLast) => job with
    {
        Training = job.Training with
        {
            Partitions = job.HasPartitions ? job.Training.Partitions
                : isLast ? (int)Math.Clamp(data.TrainCount / RatingsOfPartition, 1, ClusterPartitions.For(Status, data.MaxPartitions)) : 1,
            Threads = Math.Clamp(ClusterPartitions.ThreadsOf(Status), 1, 1024),
        },
    };

    public ITrialTrainer TrainerOf(string key, string name, bool isLast, CliHost host) => new JobTrainer(this, key, name, isLast, host);

    public async Task LeaveAsync(IStageView stages)
    {
        try
        {
            // Of trials that this search did not come to again.
            IReadOnlyList<JobSummary> jobs = await client.JobsAsync();
            foreach (JobSummary job in jobs.Where(job => job.Id.StartsWith(_prefix, StringComparison.Ordinal)))
            {
                ClusterTraining left = Of(job.Id);
                if (job.Ended is null)
                {
                    await left.WatchAsync(cancellationToken: new CancellationToken(canceled: true));
                }

                await left.RemoveAsync();
            }

            foreach (string upload in _shared.Keys)
            {
                await Of(upload).RemoveAsync();
            }
        }
        catch (ClusterException exception)
        {
            stages.Say($"note: jobs and ratings whose ids begin with {_prefix} may still be on the cluster ({exception.Message})");
        }
    }

    // A search has a name of its own, so that two of the same settings do not meet on the cluster.
    private static string IdOf(string folder)
    {
        string path = Path.Combine(folder, IdFile);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: IdDigits } id && id.All(char.IsAsciiHexDigitLower))
        {
            return id;
        }

        string drawn = RandomNumberGenerator.GetHexString(IdDigits, lowercase: true);
        AtomicFile.Write(path, stream => stream.Write(Encoding.ASCII.GetBytes(drawn)));
        return drawn;
    }

    private ClusterTraining Of(string job, string ratings = "", string name = "", IStageView? stages = null)
    {
        ClusterTrainingOptions options = new()
        {
            Job = job,
            Name = name,
            RatingsOf = ratings,
            GiveUpAfter = giveUpAfter,
            NewsInterval = NewsInterval,
            Uploaded = new ImmediateProgress<double>(fraction => stages?.Show("uploading", fraction, "")),
            StatusMessages = new ImmediateProgress<string>(words => stages?.Show(words, 0, "")),
        };
        return new ClusterTraining(client, options);
    }

    // Once for all trials whose ratings are cut alike; again where that failed.
    private async Task UploadAsync(string id, TrainingData data, TrainingSettings settings, IStageView stages)
    {
        Lazy<Task> upload = _uploads.GetOrAdd(
            id, name => new Lazy<Task>(() => Of(name, stages: stages).UploadAsync(data, settings, host.Stop)));
        try
        {
            await upload.Value;
        }
        catch
        {
            _uploads.TryRemove(new KeyValuePair<string, Lazy<Task>>(id, upload));
            throw;
        }
    }

    private sealed class JobTrainer(ClusterPlace place, string key, string name, bool isLast, CliHost host) : ITrialTrainer
    {
        private ClusterTraining? _training;

        public double? FitSeconds { get; private set; }

        public Task PrepareAsync(IStageView stages) => Task.CompletedTask;

        public TrainJob Fit(TrainJob job, JobData data) => place.Fit(job, data, isLast);

        public async Task<TrainingOutcome> TrainAsync(TrainJob job, TrainingData data, IProgress<JobEvent> events, IStageView stages)
        {
            // Trials are known whatever their partitions; a model's blocks are those of its job's.
            string id = $"{place._prefix}{key[..KeyDigits]}-{job.Training.Partitions}";
            string cut = ClusterTraining.RatingsKey(place.Of(id).SpecOf(data, job.Training), data.Fingerprint);
            string ratings = $"{place._prefix}ratings-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cut)))[..IdDigits]}";
            ClusterTraining training = _training = place.Of(id, ratings, $"tune {place.Model} {name}", stages);
            JobSpec spec = training.SpecOf(data, job.Training);
            place._shared[ratings] = true;
            bool isFound = await FindAsync(training);
            if (!isFound)
            {
                await place.UploadAsync(ratings, data, job.Training, stages);
                await training.SubmitAsync(data, job.Training, host.Stop);
            }

            TrainingOutcome outcome = await training.FollowAsync(spec, data.Features, events, host.Stop);
            if (host.Stop.IsCancellationRequested)
            {
                stages.Say($"note: {name} was cancelled on the cluster, job {id}");
                await OnLoggedAsync(stages);
            }
            else if (isFound && outcome.State == JobState.Cancelled)
            {
                // Whoever stopped the search before had cancelled it.
                return await TrainAsync(job, data, events, stages);
            }
            else if (await training.FindAsync(host.Stop) is { Started: { } started, Ended: { } ended })
            {
                FitSeconds = (ended - started).TotalSeconds;
            }

            return outcome;
        }

        // What failed by the cluster's fault, such as the loss of its workers, may go well another time.
        public bool FailsAgain(TrainingOutcome outcome) => outcome.Diverged;

        public async Task OnLoggedAsync(IStageView stages)
        {
            try
            {
                await (_training?.RemoveAsync() ?? Task.CompletedTask);
            }
            catch (ClusterException exception)
            {
                stages.Say($"note: the job of {name} may still be on the cluster ({exception.Message})");
            }
        }

        public void OnSaved(TrainJob job)
        {
        }

        public string AfterStop(TrainingOutcome outcome) => "the same command goes on";

        private async Task<bool> FindAsync(ClusterTraining training)
        {
            JobSummary? left = await training.FindAsync(host.Stop);
            if (left is not { Ended: not null, State: not "completed" })
            {
                return left is not null;
            }

            await training.RemoveAsync(host.Stop);
            return false;
        }
    }
}
