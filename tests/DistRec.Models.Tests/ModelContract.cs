namespace DistRec.Models.Tests;

/// <summary>What every rating model promises, whatever its formula: a model's tests derive from this and say how to train it.</summary>
public abstract class ModelContract
{
    private const int Users = 120;
    private const int Items = 60;

    // Above these indices nobody has rated and nothing was rated.
    private const int WarmUsers = 110;
    private const int WarmItems = 55;

    private static readonly List<Rating> All = Planted();

    /// <summary>Trains the model with settings that suit a small data set.</summary>
    protected abstract Trained Train(RatingMatrix ratings, ulong seed);

    /// <summary>Whether the model draws at random at all.</summary>
    protected virtual bool HasRandomness => true;

    [Fact]
    public void It_predicts_planted_ratings_better_than_their_mean_does()
    {
        List<Rating> training = [.. All.Where(rating => !IsHeldOut(rating))];
        List<Rating> heldOut = [.. All.Where(IsHeldOut)];
        double mean = training.Average(rating => rating.Value);
        Trained model = Train(training.ToMatrix(Users, Items), 1);

        double rmse = Rmse(heldOut, model.Predict);
        rmse.ShouldBeLessThan(0.9 * Rmse(heldOut, (_, _) => (float)mean));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits()
    {
        RatingMatrix ratings = All.ToMatrix(Users, Items);

        Train(ratings, 7).Parameters.ShouldBe(Train(ratings, 7).Parameters);
    }

    [Fact]
    public void Another_seed_gives_another_model_where_anything_is_random()
    {
        RatingMatrix ratings = All.ToMatrix(Users, Items);
        bool same = Train(ratings, 7).Parameters.SequenceEqual(Train(ratings, 8).Parameters);

        same.ShouldBe(!HasRandomness);
    }

    [Fact]
    public void Users_without_ratings_and_items_nobody_rated_get_predictions_in_range()
    {
        Trained model = Train(All.ToMatrix(Users, Items), 1);

        model.Parameters.ShouldAllBe(parameter => float.IsFinite(parameter));
        foreach ((int user, int item) in ((int, int)[])[(Users - 1, 0), (0, Items - 1), (Users - 1, Items - 1)])
        {
            model.Predict(user, item).ShouldBeInRange(1f, 5f);
        }
    }

    [Fact]
    public void Predictions_stay_in_the_range_of_the_training_ratings()
    {
        // Ratings at both ends of the scale, so that unclipped predictions would leave it.
        RatingMatrix ratings = RatingLists.Draw(40, 30, 0.5, (user, item) => (user + item) % 7 < 3 || user > 30 ? 5 : 2).ToMatrix(40, 30);
        Trained model = Train(ratings, 1);
        for (int user = 0; user < 40; user++)
        {
            for (int item = 0; item < 30; item++)
            {
                model.Predict(user, item).ShouldBeInRange(2f, 5f);
            }
        }
    }

    [Fact]
    public void A_single_rating_is_enough_to_train_on()
    {
        Trained model = Train(new List<Rating> { new(0, 0, 4) }.ToMatrix(2, 2), 1);

        model.Parameters.ShouldAllBe(parameter => float.IsFinite(parameter));
        model.Predict(0, 0).ShouldBe(4);
        model.Predict(1, 1).ShouldBe(4);
    }

    // Biases and rank-2 interactions within 1 to 5, a little noise, half of all pairs; the last users and items are cold.
    private static List<Rating> Planted()
    {
        Func<int, int, double> planted = RatingLists.Planted(2);
        return RatingLists.Draw(
            WarmUsers,
            WarmItems,
            0.5,
            (user, item) => Math.Clamp(
                planted(user, item) + 0.2 * new EntityRandom(3, RandomPurpose.SyntheticRating, user, item).NextGaussian(), 1, 5));
    }

    private static bool IsHeldOut(Rating rating) => new EntityRandom(5, RandomPurpose.Split, rating.User, rating.Item).NextInt(5) == 0;

    private static double Rmse(IReadOnlyCollection<Rating> ratings, Func<int, int, float> predict) =>
        Math.Sqrt(ratings.Average(rating => Math.Pow(rating.Value - predict(rating.User, rating.Item), 2)));

    /// <summary>A trained model as the contract sees it.</summary>
    /// <param name="Parameters">All learnt values.</param>
    /// <param name="Predict">r̂ of a user and an item, clipped.</param>
    protected sealed record Trained(float[] Parameters, Func<int, int, float> Predict)
    {
        /// <summary>A factor model, and its training ratings where it looks them up; its predictions are read back from the errors it makes on ratings of zero.</summary>
        public static Trained Of(FactorModel model, RatingMatrix? training = null)
        {
            ArgumentNullException.ThrowIfNull(model);
            float[] parameters =
            [
                .. model.UserBiases, .. model.ItemBiases, .. model.UserFactors is null ? default : model.UserFactors.Values,
                .. model.ItemFactors is null ? default : model.ItemFactors.Values, .. model.Neighbors is null ? default : model.Neighbors.Lists.Values,
                .. (model.Layers?.Weights ?? []).SelectMany(weights => weights.Values.ToArray()),
            ];
            return new Trained(parameters, (user, item) =>
            {
                RatingMatrix zero = new List<Rating> { new(user, item, 0) }.ToMatrix(model.UserBiases.Length, model.ItemBiases.Length);
                return (float)(model.Unit * model.Errors(zero, training).Mae);
            });
        }
    }
}
