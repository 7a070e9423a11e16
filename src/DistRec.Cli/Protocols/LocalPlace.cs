using DistRec.Training.Protocol;

namespace DistRec.Cli.Protocols;

/// <summary>Trials in this process, which share its threads and its memory.</summary>
/// <param name="atOnce">Trials side by side, at least 1.</param>
internal sealed class LocalPlace(int atOnce) : ISearchPlace
{
    public int AtOnce => atOnce;

    public Task PrepareAsync(string folder, IStageView stages) => Task.CompletedTask;

    // Partitions, which the figures of a descent depend on, are as many as of a trial alone.
    public TrainJob Fit(TrainJob job, JobData data, bool isLast) =>
        (isLast ? job : job with { Training = job.Training with { Threads = Math.Max(1, job.Training.Threads / atOnce) } })
            .FittedTo(data.MaxPartitions);

    public ITrialTrainer TrainerOf(string key, string name, bool isLast, CliHost host) => new TrialTrainer(host, isLast ? 1 : atOnce);

    public Task LeaveAsync(IStageView stages) => Task.CompletedTask;
}

/// <summary>Trains in this process and keeps nothing in a folder.</summary>
/// <param name="host">The world around.</param>
/// <param name="atOnce">Trials that share the memory.</param>
internal sealed class TrialTrainer(CliHost host, int atOnce = 1) : ITrialTrainer
{
    public Task PrepareAsync(IStageView stages) => Task.CompletedTask;

    public void CheckMemory(JobMemory needed, IStageView stages) => needed.Require(host.AvailableMemory / atOnce);

    public TrainJob Fit(TrainJob job, JobData data) => job.FittedTo(data.MaxPartitions);

    public Task<TrainingOutcome> TrainAsync(TrainJob job, TrainingData data, IProgress<JobEvent> events, IStageView stages) =>
        TrainingSession.RunAsync(data, job.Training, new SessionOptions { Time = host.Time }, events, host.Stop);

    public void OnSaved(TrainJob job)
    {
    }

    public string AfterStop(TrainingOutcome outcome) => "the same command goes on";
}
