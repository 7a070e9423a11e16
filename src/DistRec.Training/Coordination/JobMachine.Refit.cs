namespace DistRec.Training.Coordination;

/// <content>Fitting all ratings, those kept aside included, once the best epoch is known.</content>
public sealed partial class JobMachine
{
    /// <summary>Whether all ratings are fitted, those kept aside included.</summary>
    public bool IsRefitting => _policy.State.RefitEpochs > 0;

    /// <summary>Whether tables begin as a checkpoint has them.</summary>
    public bool Resumes => _spec.Resume is { } resume && resume.Policy.RefitEpochs > 0 == IsRefitting;

    private bool Validates => _spec.ValidationRatings > 0 && !IsRefitting;

    private int Epochs => IsRefitting ? _policy.State.RefitEpochs : _spec.Epochs;

    private JobStep EndOfEpochs() => _spec.Refit && Validates && _policy.State.BestEpoch > 0 ? BeginRefit() : PublishModel();

    private JobStep BeginRefit()
    {
        int epochs = _policy.State.BestEpoch;
        TellNote(
            $"epoch {epochs} was the best: all {_spec.TrainingRatings + _spec.ValidationRatings:#,0} ratings are now fitted for {(epochs == 1 ? "1 epoch" : $"{epochs} epochs")}, "
            + "those kept aside included");
        _policy = _policy.ForRefit();
        _tables = new TableVersions { Stored = _tables.Stored };

        // Nobody asks for the tables of the search any more.
        _firstVersion = _round.Number + 1;
        return BeginAnew();
    }
}
