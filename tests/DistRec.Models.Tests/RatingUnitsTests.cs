using DistRec.Models.Queries;

namespace DistRec.Models.Tests;

/// <summary>
/// Rates, λ and priors once meant ratings from 1 to 5: percentages diverged, and ratings of thousandths were all their mean.
/// </summary>
public sealed class RatingUnitsTests
{
    [Theory]
    [InlineData(1f, 0f)]
    [InlineData(0.001f, 0f)]
    [InlineData(1000f, -100f)]
    [InlineData(0.01f, 100f)]
    [InlineData(1e9f, 0f)]
    public void Targets_have_the_same_deviation_whatever_ratings_are(float factor, float offset)
    {
        float[] stars = [1, 5, 3, 4, 4, 2, 5, 5, 3, 1];
        float[] ratings = [.. stars.Select(star => (factor * star) + offset)];
        RatingUnits units = RatingUnits.Of(RatingStatistics.Of(ratings));
        RatingStatistics targets = RatingStatistics.Of([.. ratings.Select(units.TargetOf)]);

        // What float32 keeps of the ratings' differences.
        double tolerance = 1e-5 * (1 + Math.Abs(offset / factor));
        targets.Deviation.ShouldBe(RatingUnits.TargetDeviation, tolerance);
        targets.Mean.ShouldBe(0, tolerance);
        foreach (float rating in ratings)
        {
            units.RatingOf(units.TargetOf(rating)).ShouldBe(rating, 1e-5 * (Math.Abs(offset) + Math.Abs(factor)));
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(4f)]
    [InlineData(-1e6f)]
    public void Ratings_that_are_all_the_same_have_a_unit_of_one(float rating)
    {
        RatingUnits units = RatingUnits.Of(RatingStatistics.Of([rating, rating, rating]));
        (units.Mean, units.Unit).ShouldBe((rating, 1f));
    }

    [Fact]
    public void Every_target_below_the_one_that_is_named_has_a_lower_rating()
    {
        foreach (RatingUnits units in (RatingUnits[])[new(3.5f, 1.02f), new(1e6f, 1e-3f), new(-7e-4f, 3e5f), RatingUnits.None])
        {
            foreach (float target in (float[])[0, 1e-8f, -2.25f, 0.7f, 31])
            {
                double rating = units.RatingOf(target);
                double below = units.StrictlyBelow(rating);
                below.ShouldBeLessThanOrEqualTo(target);
                units.RatingOf(Math.BitDecrement(below)).ShouldBeLessThan(rating);
            }
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_no_unit_is_refused(float unit)
    {
        RatingUnits.IsUnit(unit).ShouldBeFalse();
        Should.Throw<ArgumentOutOfRangeException>(() => new RatingUnits(0, unit));
        Should.Throw<ArgumentOutOfRangeException>(() => new RatingUnits(float.NaN, 1));
    }

    [Fact]
    public void Predictions_deviations_and_reasons_are_in_ratings()
    {
        SavedModel plain = TestModels.Random(rank: 6);
        FactorModel model = plain.Model;
        SavedModel saved = TestModels.With(plain, new FactorModel(
            model.Kind, 50, new RatingScale(-1000, 1000), model.UserBiases, model.ItemBiases, model.UserFactors, model.ItemFactors)
        {
            Unit = 20,
        });
        Explanation before = new Explainer(plain).Explain("u1", "i1", 3), after = new Explainer(saved).Explain("u1", "i1", 3);
        after.FactorPart.ShouldBe(20 * before.FactorPart, 1e-5);
        after.UserBias.ShouldBe(20 * before.UserBias, 1e-5);
        after.ItemBias.ShouldBe(20 * before.ItemBias, 1e-5);
        after.Unclipped.ShouldBe(after.GlobalMean + after.UserBias + after.ItemBias + after.FactorPart);
        new Predictor(saved).Predict("u1", "i1").Value.ShouldBe((float)after.Unclipped, 1e-4f);
        new Predictor(saved).Predict("u1", "nobody's").Value.ShouldBe((float)(50 + after.UserBias), 1e-4f);
    }
}
