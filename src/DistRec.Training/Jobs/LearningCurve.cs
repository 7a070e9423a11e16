namespace DistRec.Training.Jobs;

/// <summary>What a job's events tell of its course.</summary>
public sealed class LearningCurve
{
    private readonly List<EpochFinished> _epochs = [];
    private readonly List<string> _notes = [];

    /// <summary>The epochs, each once.</summary>
    public IReadOnlyList<EpochFinished> Epochs => _epochs;

    /// <summary>Back-offs, restarts and other things a person should know.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Takes the next event.</summary>
    public void Add(JobEvent jobEvent)
    {
        ArgumentNullException.ThrowIfNull(jobEvent);
        switch (jobEvent.WhatCase)
        {
            case JobEvent.WhatOneofCase.Epoch:
                // A job that begins again after a loss repeats its epochs.
                _epochs.RemoveAll(epoch => epoch.Epoch >= jobEvent.Epoch.Epoch);
                _epochs.Add(jobEvent.Epoch);
                break;
            case JobEvent.WhatOneofCase.Note:
                _notes.Add(jobEvent.Note.Text);
                break;
            default:
                break;
        }
    }

    /// <summary>Adds a remark of the client's own.</summary>
    public void AddNote(string note) => _notes.Add(note);
}
