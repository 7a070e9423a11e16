using DistRec.Training.Protocol;

namespace DistRec.Cli.Protocols;

/// <summary>Trials in this process, which share its threads and its memory.</summary>
/// <param name="atOnce">Trials side by side, at least 1.</param>
internal sealed class LocalPlace(int atOnce) : ISearchPlace
{
    public int AtOnce => atOnce;

    public Task PrepareAsync(string folder, IStageView stages) => Task.CompletedTask;

    public ITrialTrainer TrainerOf(string key, string name, bool isLast, CliHost host) => new TrialTrainer(host, isLast ? 1 : atOnce);

    public Task LeaveAsync(IStageView stages) => Task.CompletedTask;
}

/// <summary>Trains in this process and keeps nothing in a folder.</summary>
/// <param name="host">The world around.</param>
/// <param name="atOnce">Trials that share threads and memory.</param>
internal sealed class TrialTrainer(CliHost host, int atOnce = 1) : ITrialTrainer
{
    public Task PrepareAsync(IStageView stages) => Task.CompletedTask;

    public void CheckMemory(JobMemory needed, IStageView stages) => needed.Require(host.AvailableMemory / atOnce);

    public TrainJob Fit(TrainJob job, JobData data)
    {
        int threads = Math.Max(1, job.Training.Threads / atOnce);
        int partitions = job.HasPartitions ? job.Training.Partitions : Math.Min(job.Training.Partitions, threads);
        return (job with { Training = job.Training with { Threads = threads, Partitions = partitions } }).FittedTo(data.MaxPartitions);
    }

    public Task<TrainingOutcome> TrainAsync(TrainJob job, TrainingData data, IProgress<JobEvent> events, IStageView stages) =>
        TrainingSession.RunAsync(data, job.Training, new SessionOptions { Time = host.Time }, events, host.Stop);

    public void OnSaved(TrainJob job)
    {
    }

    public string AfterStop(TrainingOutcome outcome) => "the same command goes on";
}
