namespace DistRec.Models.Tests.Persistence;

public sealed class ModelHashTests
{
    [Fact]
    public void Equal_numbers_have_equal_hashes() =>
        ModelHash.Compute(TestModels.Model(4, 5, 3, seed: 1, "als")).ShouldBe(ModelHash.Compute(TestModels.Model(4, 5, 3, seed: 1, "mf")));

    [Fact]
    public void What_stands_in_padding_lanes_does_not_enter()
    {
        FactorModel model = TestModels.Model(4, 5, 3, seed: 1, "als");
        string before = ModelHash.Compute(model);
        model.UserFactors!.Values[3] = 1;
        ModelHash.Compute(model).ShouldBe(before);
    }

    [Fact]
    public void Any_single_bit_changes_the_hash()
    {
        FactorModel model = TestModels.Model(4, 5, 3, seed: 1, "als");
        var seen = new HashSet<string> { ModelHash.Compute(model) };
        model.UserBiases[3] = MathF.BitIncrement(model.UserBiases[3]);
        seen.Add(ModelHash.Compute(model)).ShouldBeTrue();
        model.ItemBiases[4] = MathF.BitIncrement(model.ItemBiases[4]);
        seen.Add(ModelHash.Compute(model)).ShouldBeTrue();
        model.UserFactors!.Row(3)[2] = MathF.BitIncrement(model.UserFactors.Row(3)[2]);
        seen.Add(ModelHash.Compute(model)).ShouldBeTrue();
        model.ItemFactors!.Row(4)[2] = MathF.BitIncrement(model.ItemFactors.Row(4)[2]);
        seen.Add(ModelHash.Compute(model)).ShouldBeTrue();
        var other = new FactorModel("als", MathF.BitIncrement(model.GlobalMean), model.Scale, model.UserBiases, model.ItemBiases, model.UserFactors, model.ItemFactors);
        seen.Add(ModelHash.Compute(other)).ShouldBeTrue();
        other = new FactorModel("als", model.GlobalMean, new RatingScale(0.5f, 6), model.UserBiases, model.ItemBiases, model.UserFactors, model.ItemFactors);
        seen.Add(ModelHash.Compute(other)).ShouldBeTrue();
    }

    [Fact]
    public void Shapes_enter_even_where_the_numbers_run_on_alike()
    {
        var wide = new FactorModel("baseline", 0, new RatingScale(0, 1), new float[2], new float[4], null, null);
        var tall = new FactorModel("baseline", 0, new RatingScale(0, 1), new float[4], new float[2], null, null);
        ModelHash.Compute(wide).ShouldNotBe(ModelHash.Compute(tall));
    }

    [Fact]
    public void The_hash_is_part_of_the_format_and_stays()
    {
        var model = new FactorModel("baseline", 3.5f, new RatingScale(1, 5), [0.25f], [-0.5f, 1], null, null);
        ModelHash.Compute(model).ShouldBe("8d42d5bc83d0df00cba262998f2a077f3ada0ca607a2a90bc1efb6804b40167c");
    }
}
