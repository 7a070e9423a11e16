using DistRec.Evaluation.Search;

namespace DistRec.Cli.Protocols;

/// <summary>Where the trials of a search train: in this process, or as jobs of a cluster. All members are thread-safe.</summary>
internal interface ISearchPlace
{
    /// <summary>Trials that train side by side.</summary>
    int AtOnce { get; }

    /// <summary>Finds out whether trials can train at all, before anybody waits for ratings to be read.</summary>
    /// <param name="folder">Where finished trials are kept.</param>
    /// <param name="stages">Hears of it.</param>
    Task PrepareAsync(string folder, IStageView stages);

    /// <summary>A trial's job with the partitions and threads that it gets here.</summary>
    /// <param name="job">The job.</param>
    /// <param name="data">Its data, parted.</param>
    /// <param name="isLast">Whether nothing trains beside it.</param>
    TrainJob Fit(TrainJob job, JobData data, bool isLast);

    /// <summary>What one trial is trained by.</summary>
    /// <param name="key">See <see cref="TrialRecord.Key"/>.</param>
    /// <param name="name">What a person calls it, such as <c>trial 3/20</c>.</param>
    /// <param name="isLast">Whether nothing trains beside it.</param>
    /// <param name="host">The world around, with a token that stops this trial.</param>
    ITrialTrainer TrainerOf(string key, string name, bool isLast, CliHost host);

    /// <summary>The search is over or stopped: what was kept for its trials may go.</summary>
    Task LeaveAsync(IStageView stages);
}

/// <summary>Trains one trial.</summary>
internal interface ITrialTrainer : ITrainer
{
    /// <summary>What training took; null where that is the time that was waited for it.</summary>
    double? FitSeconds => null;

    /// <summary>Whether a trial that failed so would fail again, whenever it is tried.</summary>
    bool FailsAgain(TrainingOutcome outcome) => true;

    /// <summary>The trial is on the disk: what was kept to make it may go.</summary>
    Task OnLoggedAsync(IStageView stages) => Task.CompletedTask;
}
