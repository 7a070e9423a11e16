using DistRec.Data;
using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.MatrixFactorization;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Training.Tests.Jobs;

public sealed class SettingsCheckTests
{
    [Fact]
    public void All_mistakes_are_reported_together_each_with_what_to_do()
    {
        TrainingSettings settings = new()
        {
            Mf = new MfOptions { Rank = -3, LearningRate = float.NaN, Regularization = -1 },
            Epochs = 0,
            Threads = 0,
        };
        Should.Throw<InputException>(settings.Validate).Message.ShouldBe(string.Join(
            Environment.NewLine,
            "--epochs: expected at least 1, found 0; 20 is a good start",
            "--threads: expected 1 to 1024, found 0; give the number of cores",
            "--rank: expected 1 to 1024, found -3; 64 is a good start",
            "--learning-rate: expected a finite number above 0, found NaN; leave it out for the default",
            "--regularization: expected a finite number of at least 0, found -1; leave it out for the default"));
    }

    [Fact]
    public void Defaults_are_valid()
    {
        SettingsCheck.Errors(new TrainingSettings { Als = new AlsOptions() }).ShouldBeEmpty();
        SettingsCheck.Errors(new TrainingSettings { Mf = new MfOptions() }).ShouldBeEmpty();
        SettingsCheck.Errors(new TrainingSettings { Baseline = new BaselineOptions() }).ShouldBeEmpty();
        SettingsCheck.Errors(new TrainingSettings()).Count.ShouldBe(1, "a model must be named");
    }

    [Fact]
    public void A_specification_gives_back_the_settings_it_was_made_from()
    {
        AlsOptions als = new() { Rank = 7, Regularization = 0.1f, BiasRegularization = 0.2f, RegularizationExponent = 0.3f, Biases = false, InitialScale = 0.4f, Seed = 9 };
        MfOptions mf = new() { Rank = 7, LearningRate = 0.1f, LearningRateDecay = 0.9f, Regularization = 0.2f, BiasRegularization = 0.3f, Biases = false, InitialScale = 0.4f, Seed = 9 };
        BaselineOptions baseline = new() { UserRegularization = 1, ItemRegularization = 2 };
        JobSpecs.AlsOf(Create(new TrainingSettings { Als = als })).ShouldBe(als);
        JobSpecs.MfOf(Create(new TrainingSettings { Mf = mf })).ShouldBe(mf);
        JobSpecs.BaselineOf(Create(new TrainingSettings { Baseline = baseline })).ShouldBe(baseline);
        foreach (ConsistencyModel consistency in new[] { ConsistencyModel.Bsp, ConsistencyModel.Asp, ConsistencyModel.Ssp(3) })
        {
            JobSpecs.ConsistencyOf(Create(new TrainingSettings { Mf = mf, Consistency = consistency })).ShouldBe(consistency);
        }
    }

    [Fact]
    public void Another_layout_has_another_hash()
    {
        ulong one = JobSpecs.LayoutOf(Create(new TrainingSettings { Als = new AlsOptions(), Partitions = 2 }));
        JobSpecs.LayoutOf(Create(new TrainingSettings { Als = new AlsOptions(), Partitions = 2 })).ShouldBe(one);
        JobSpecs.LayoutOf(Create(new TrainingSettings { Als = new AlsOptions(), Partitions = 3 })).ShouldNotBe(one);
        JobSpecs.LayoutOf(Create(new TrainingSettings { Mf = new MfOptions(), Partitions = 2 })).ShouldNotBe(one);
    }

    private static JobSpec Create(TrainingSettings settings) => JobSpecs.Create("j", Planted.Small, settings, null);
}
