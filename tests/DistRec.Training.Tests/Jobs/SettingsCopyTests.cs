using System.Reflection;
using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Nmf;

namespace DistRec.Training.Tests.Jobs;

public sealed class SettingsCopyTests
{
    [Fact]
    public void Every_setting_of_every_model_comes_back_from_its_message()
    {
        ShouldComeBack<BaselineOptions, BaselineSpec>();
        ShouldComeBack<AlsOptions, AlsSpec>();
        ShouldComeBack<MfOptions, MfSpec>();
        ShouldComeBack<ImplicitAlsOptions, ImplicitAlsSpec>();
        ShouldComeBack<NmfOptions, NmfSpec>();
        ShouldComeBack<BpmfOptions, BpmfSpec>();
        ShouldComeBack<FeedbackOptions, FeedbackSpec>();
        ShouldComeBack<FmOptions, FmSpec>();
    }

    [Fact]
    public void A_setting_that_its_message_lacks_is_named() =>
        Should.Throw<InvalidOperationException>(() => SettingsCopy.ToMessage<BaselineSpec>(new NmfOptions())).Message.ShouldContain("BaselineSpec: expected a field Rank of Int32");

    // Every property gets a value that no other has and that is not its default.
    private static void ShouldComeBack<TSettings, TMessage>()
        where TSettings : class, new()
        where TMessage : class, new()
    {
        TSettings settings = new();
        int number = 7;
        foreach (PropertyInfo property in typeof(TSettings).GetProperties().Where(property => property.CanWrite))
        {
            Type type = property.PropertyType;
            property.SetValue(
                settings,
                type.IsEnum ? Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)
                : type == typeof(bool) ? !(bool)property.GetValue(settings)!
                : Convert.ChangeType(number++, type, null));
        }

        settings.ShouldNotBe(new TSettings());
        SettingsCopy.ToSettings<TSettings>(SettingsCopy.ToMessage<TMessage>(settings)).ShouldBe(settings);
    }
}
