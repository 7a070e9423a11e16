using DistRec.Training.Protocol;

namespace DistRec.Cli.Protocols;

/// <summary>One model, trained as <c>train</c> does and judged on the test part, of which nothing is kept in a folder.</summary>
/// <param name="Job">The job with the settings that took effect.</param>
/// <param name="Data">What it learned from and was judged on.</param>
/// <param name="Outcome">How training ended.</param>
/// <param name="Figures">On the test part; null where there is none, or no model.</param>
/// <param name="FitSeconds">What training took, the second fit to all ratings included.</param>
/// <param name="TestSeconds">What the figures took.</param>
internal sealed record Trial(
    TrainJob Job, JobData Data, TrainingOutcome Outcome, TestFigures? Figures, double FitSeconds, double TestSeconds)
{
    /// <summary>Epochs done.</summary>
    public int Epochs => Outcome.Epochs.Count == 0 ? 0 : Outcome.Epochs.Max(epoch => epoch.Epoch);

    /// <summary>Everything a person should know of it.</summary>
    public IEnumerable<string> Notes => [.. Job.Notes, .. FeedbackSource.NotesOf(Data), .. Outcome.Notes];

    /// <summary>Trains on the training part and looks at the test part.</summary>
    /// <param name="job">The job.</param>
    /// <param name="data">Its data, parted.</param>
    /// <param name="host">The world around.</param>
    /// <param name="stages">Hears of it.</param>
    /// <param name="trainer">What it is trained by; null for this process.</param>
    /// <returns>A job that fails on its way is a trial without figures.</returns>
    /// <exception cref="InputException">Its data or settings cannot be used, or it does not fit into memory.</exception>
    /// <exception cref="NumericalException">The model holds a number that is none.</exception>
    /// <exception cref="OperationCanceledException">A person asked to stop.</exception>
    public static async Task<Trial> RunAsync(TrainJob job, JobData data, CliHost host, IStageView stages, ITrainer? trainer = null)
    {
        trainer ??= new TrialTrainer(host);
        host.Stop.ThrowIfCancellationRequested();
        job = trainer.Fit(job, data).SuitedTo(data.Split.Train);
        TrainingData training = data.ForTraining(job);
        trainer.CheckMemory(JobMemory.Of(job.Training, training), stages);
        long start = host.Time.GetTimestamp();
        EventView events = new(stages, host.Time, job.Training.Epochs, data.TrainCount);
        TrainingOutcome outcome = await trainer.TrainAsync(job, training, events, stages);
        double fitSeconds = host.Time.GetElapsedTime(start).TotalSeconds;
        host.Stop.ThrowIfCancellationRequested();
        if (outcome is not { State: JobState.Completed, Model: { } model })
        {
            return new Trial(job, data, outcome, null, fitSeconds, 0);
        }

        stages.Show("evaluating", 0, "");
        long tested = host.Time.GetTimestamp();
        TestFigures? figures = data.TestCount == 0 ? null : FiguresOf(model, outcome, data, job);
        return new Trial(job, data, outcome, figures, fitSeconds, host.Time.GetElapsedTime(tested).TotalSeconds);
    }

    /// <summary>The ratings that a model was fitted to.</summary>
    public static RatingMatrix FittedTo(TrainingOutcome outcome, JobData data) =>
        (outcome.Refitted ? data.Split.WithoutValidation() : data.Split).Train;

    private static TestFigures FiguresOf(FactorModel model, TrainingOutcome outcome, JobData data, TrainJob job)
    {
        RatingMatrix train = FittedTo(outcome, data);
        return TestFigures.Of(model, data, train, InteractionCounts.Of(train), job.Read.Threads, job.Ranking);
    }
}
