using DistRec.Training.Protocol;

namespace DistRec.Cli.Training;

/// <summary>Where a job trains: in this process, or on a cluster. Reading before and saving after are the same for all.</summary>
internal interface ITrainer
{
    /// <summary>Finds out whether it can train at all, before anybody waits for ratings to be read.</summary>
    Task PrepareAsync(IStageView stages);

    /// <summary>Tells what memory the job will take, and refuses one that does not fit. What trains elsewhere takes no more than the ratings here.</summary>
    /// <exception cref="DistRec.Data.InputException">It does not fit.</exception>
    void CheckMemory(JobMemory needed, IStageView stages)
    {
    }

    /// <summary>The job with what it left open, now that the ratings are known.</summary>
    TrainJob Fit(TrainJob job, JobData data);

    /// <summary>Trains until the job ends or a person stops it.</summary>
    Task<TrainingOutcome> TrainAsync(TrainJob job, TrainingData data, IProgress<JobEvent> events, IStageView stages);

    /// <summary>The model is safe in its folder: what was kept to make it may go.</summary>
    void OnSaved(TrainJob job);

    /// <summary>How a stopped job can go on, in words.</summary>
    string AfterStop(TrainingOutcome outcome);
}
