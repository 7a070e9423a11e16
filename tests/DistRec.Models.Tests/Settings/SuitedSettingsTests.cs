using DistRec.Models.Als;
using DistRec.Models.Feedback;
using DistRec.Models.Nmf;

namespace DistRec.Models.Tests.Settings;

public sealed class SuitedSettingsTests
{
    public static TheoryData<string> Kinds { get; } = [.. ModelCatalogue.All.Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Defaults_stay_in_range_and_are_nearly_the_same_for_users_with_many_ratings(string kind)
    {
        ModelOptions defaults = ModelCatalogue.Get(kind).Defaults;
        foreach (double ratings in (double[])[1, 6, 150, 1e5])
        {
            ModelOptions suited = defaults.SuitedTo(ratings);
            suited.Kind.ShouldBe(kind);
            suited.Errors(defaults.UsualEpochs).ShouldBeEmpty();
        }

        ModelDefinition.SettingsOf(defaults).Where(setting => setting.Type == typeof(float)).ShouldAllBe(setting =>
            Math.Abs((float)setting.Get(defaults.SuitedTo(1e5)) - (float)setting.Get(defaults)) <= 0.01f * (float)setting.Get(defaults));
    }

    [Fact]
    public void The_fewer_ratings_users_have_the_less_each_row_may_say_of_itself()
    {
        ((AlsOptions)new AlsOptions().SuitedTo(6)).Regularization.ShouldBe(2 * new AlsOptions().Regularization);
        ((NmfOptions)new NmfOptions().SuitedTo(2)).BiasRegularization.ShouldBe(1.75f * new NmfOptions().BiasRegularization);
        FeedbackOptions dense = FeedbackOptions.For(FeedbackForm.SvdPlusPlus), sparse = (FeedbackOptions)dense.SuitedTo(6);
        sparse.Regularization.ShouldBe(dense.Regularization + 0.06f, 1e-6f);
        sparse.FeedbackRegularization.ShouldBe(dense.FeedbackRegularization + 0.02f, 1e-6f);
        sparse.BiasRegularization.ShouldBe(dense.BiasRegularization);
    }
}
