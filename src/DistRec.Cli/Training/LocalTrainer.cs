using DistRec.Training.Protocol;

namespace DistRec.Cli.Training;

/// <summary>Trains in this process, with journal and checkpoints beside the model's folder.</summary>
internal sealed class LocalTrainer(CliHost host) : ITrainer
{
    /// <summary>The job that was trained last: of the model that was chosen where none was named; null before any.</summary>
    public TrainJob? Trained { get; private set; }

    public Task PrepareAsync(IStageView stages) => Task.CompletedTask;

    public void CheckMemory(JobMemory needed, IStageView stages)
    {
        needed.Require(host.AvailableMemory);
        stages.Say(needed.Describe(host.AvailableMemory));
    }

    public TrainJob Fit(TrainJob job, JobData data) => job.FittedTo(data.MaxPartitions);

    public Task<TrainingOutcome> TrainAsync(TrainJob job, TrainingData data, IProgress<JobEvent> events, IStageView stages)
    {
        Trained = job;
        return TrainingSession.RunAsync(
            data,
            job.Training,
            new SessionOptions { WorkFolder = OutFolder.WorkFolderOf(job.Out), Resume = job.Resume, Time = host.Time },
            events,
            host.Stop);
    }

    public void OnSaved(TrainJob job) => TrainingSession.RemoveCheckpoints(OutFolder.WorkFolderOf(job.Out));

    public string AfterStop(TrainingOutcome outcome)
    {
        string[] chosen = Trained is { Trials.Count: > 0 } job ? ["--model", job.Training.Model.Kind] : [];
        return outcome.CheckpointPath is null
            ? "no epoch was done: start again to train"
            : $"go on with: {ShellText.Line(["distrec", .. host.Arguments.Where(argument => argument != "--resume"), .. chosen, "--resume"])}";
    }
}
