using DistRec.Training.Protocol;

namespace DistRec.Cli.Training;

/// <summary>
/// Shows the events of a training job: how far it is, how fast, how good, and how long it may still take. Of many epochs ever fewer are told as lines that stay:
/// the first ten, every tenth up to 100, every hundredth up to 1,000 and so on, and in the end the best and the last one.
/// </summary>
/// <param name="stages">Where it is shown.</param>
/// <param name="time">The clock.</param>
/// <param name="epochs">Epochs at most.</param>
/// <param name="trainRatings">Training ratings; null where only the job itself knows them.</param>
internal sealed class EventView(IStageView stages, TimeProvider time, int epochs, long? trainRatings) : IProgress<JobEvent>
{
    /// <summary>The stage that it shows.</summary>
    public const string Stage = "training";

    private readonly Lock _lock = new();
    private int _epoch;
    private long _epochStart;
    private double _epochFraction;
    private double _secondsOfEpochs;
    private int _epochsSeen;
    private string _quality = "";
    private EpochLine? _bestUntold;
    private EpochLine? _lastUntold;

    public void Report(JobEvent value)
    {
        lock (_lock)
        {
            switch (value.WhatCase)
            {
                case JobEvent.WhatOneofCase.Progress:
                    OnProgress(value.Progress);
                    break;
                case JobEvent.WhatOneofCase.Epoch:
                    OnEpoch(value.Epoch);
                    break;
                case JobEvent.WhatOneofCase.Note:
                    stages.Say($"note: {value.Note.Text}");
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Tells of the best and the last epoch, if they were not told when they ended.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            foreach (EpochLine line in new[] { _bestUntold, _lastUntold }.OfType<EpochLine>().Distinct())
            {
                stages.Say(line.Text);
            }

            (_bestUntold, _lastUntold) = (null, null);
        }
    }

    private static bool IsTold(int epoch)
    {
        int step = 1;
        while (step <= epoch / 10)
        {
            step *= 10;
        }

        return epoch % step == 0;
    }

    private void OnProgress(Progress progress)
    {
        if (progress.Epoch != _epoch)
        {
            _epoch = progress.Epoch;
            _epochStart = time.GetTimestamp();
            _epochFraction = progress.Fraction;
        }

        double seconds = time.GetElapsedTime(_epochStart).TotalSeconds;
        double done = progress.Fraction - _epochFraction;
        string rate = seconds > 0.05 && done > 0 && trainRatings is { } ratings ? $"{Quantity.Rate(done * ratings / seconds)} ratings/s" : "";
        stages.Show(Stage, (_epoch - 1 + progress.Fraction) / epochs, $"epoch {_epoch}/{epochs}  {_quality}  {rate}");
    }

    private void OnEpoch(EpochFinished epoch)
    {
        _epochsSeen++;
        _secondsOfEpochs += epoch.Seconds;
        string training = epoch.HasTrainRmse ? $"train RMSE {epoch.TrainRmse:0.0000}" : epoch.HasLoss ? $"loss {epoch.Loss:0.00}" : "done";
        _quality = epoch.HasValidationRmse ? $"RMSE {epoch.ValidationRmse:0.0000}" : training;
        string validation = epoch.HasValidationRmse ? $", validation RMSE {epoch.ValidationRmse:0.0000}{(epoch.Best ? " (best)" : "")}" : "";
        string rate = epoch.Seconds > 0 && (trainRatings ?? epoch.Ratings) is > 0 and { } ratings ? $", {Quantity.Rate(ratings / epoch.Seconds)} ratings/s" : "";
        double left = (epochs - epoch.Epoch) * _secondsOfEpochs / _epochsSeen;
        string eta = left > 0 ? $", at most {Quantity.Duration(left)} to go" : "";
        string line = $"epoch {epoch.Epoch}/{epochs}: {training}{validation}, {Quantity.Duration(epoch.Seconds)}{rate}{eta}";
        bool isTold = IsTold(epoch.Epoch);
        _lastUntold = isTold ? null : new EpochLine(epoch.Epoch, line);
        if (epoch is { Best: true, HasValidationRmse: true })
        {
            _bestUntold = _lastUntold;
        }

        if (isTold)
        {
            stages.Say(line);
        }

        stages.Show(Stage, (double)epoch.Epoch / epochs, $"epoch {epoch.Epoch}/{epochs}  {_quality}");
    }

    private sealed record EpochLine(int Epoch, string Text);
}
