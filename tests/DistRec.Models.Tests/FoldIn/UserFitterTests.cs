using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Feedback;
using DistRec.Models.FoldIn;
using DistRec.Models.ImplicitAls;

namespace DistRec.Models.Tests.FoldIn;

/// <summary>Each rule of fold-in beside the step of training that it stands for.</summary>
public sealed class UserFitterTests
{
    private const int Users = 90;
    private const int Items = 50;

    private static readonly RatingMatrix Ratings =
        RatingLists.Draw(Users, Items, 0.5, (user, item) => Math.Clamp(RatingLists.Planted(2)(user, item), 0.5, 5)).ToMatrix(Users, Items);

    public static TheoryData<string> RowSolvers => [ModelKinds.Baseline, ModelKinds.Als, ModelKinds.ImplicitAls];

    [Theory]
    [MemberData(nameof(RowSolvers))]
    public void Folding_in_has_the_bits_of_one_half_step_more(string kind)
    {
        SavedModel saved = FoldInModels.Train(kind, Ratings);
        IRowSolver solver = kind switch
        {
            ModelKinds.Als => new AlsSolver(FoldInModels.Als),
            ModelKinds.ImplicitAls => new ImplicitAlsSolver(FoldInModels.ImplicitAls),
            _ => new BaselineSolver(new BaselineOptions { UserRegularization = 2 }),
        };
        FactorSide items = new(saved.Model.ItemFactors!, saved.Model.ItemBiases);
        FactorSide users = FactorSide.Zeros(Users, solver.Rank);
        RowRound round = solver.RoundOf(Side.User, Ratings, items, users, saved.Model.Units, 11);
        solver.CreateWorker().SolveRows(round, 0, Users, users.Factors, users.Biases, new RowLoss[Users]);

        UserFoldIn foldIn = new(saved);
        for (int user = 0; user < Users; user++)
        {
            FoldedUser folded = foldIn.Fit(Ratings.RowColumns(user), Ratings.RowValues(user));
            folded.Bias.ShouldBe(users.Biases[user]);
            folded.Factors.ToArray().ShouldBe(users.Factors.Row(user).ToArray());
        }
    }

    [Fact]
    public void Nmf_is_descended_to_its_least_loss()
    {
        SavedModel saved = FoldInModels.Train(ModelKinds.Nmf, Ratings);
        for (int user = 0; user < 10; user++)
        {
            FoldedUser folded = new UserFoldIn(saved).Fit(Ratings.RowColumns(user), Ratings.RowValues(user));
            float[] found = folded.Factors.ToArray();
            found.ShouldAllBe(factor => factor >= 0);

            // Least where the gradient is 0, or at the border and uphill.
            double ridge = FoldInModels.Nmf.Regularization * Math.Pow(Ratings.RowLength(user), FoldInModels.Nmf.RegularizationExponent);
            for (int f = 0; f < found.Length; f++)
            {
                double gradient = ridge * found[f];
                for (int t = 0; t < Ratings.RowLength(user); t++)
                {
                    ReadOnlySpan<float> q = saved.Model.ItemFactors!.Row(Ratings.RowColumns(user)[t]);
                    double error = saved.Model.Units.TargetOf(Ratings.RowValues(user)[t]) - folded.Bias - saved.Model.ItemBiases[Ratings.RowColumns(user)[t]];
                    for (int g = 0; g < found.Length; g++)
                    {
                        error -= (double)q[g] * found[g];
                    }

                    gradient -= error * q[f];
                }

                (found[f] > 0 ? Math.Abs(gradient) : -gradient).ShouldBeLessThan(1e-3);
            }
        }
    }

    [Theory]
    [InlineData(ModelKinds.SvdPlusPlus)]
    [InlineData(ModelKinds.AsymmetricSvd)]
    [InlineData(ModelKinds.Nsvd)]
    public void One_pass_of_a_feedback_model_has_the_bits_of_trainings_pass_over_that_user(string kind)
    {
        FactorModel model = FoldInModels.Train(kind, Ratings).Model;
        FeedbackOptions options = FeedbackOptions.For(model.Feedback!.Form) with { Rank = model.Rank, LearningRate = 0.03f };
        SavedModel saved = FoldInModels.Save(model, Ratings, new("epochs", 1), new("learningRate", 0.03f));
        FeedbackShape shape = FeedbackShape.Of(options);
        FactorTable items = new(Items, shape.ItemWidth);
        for (int item = 0; item < Items; item++)
        {
            model.ItemFactors!.Row(item).CopyTo(items.Row(item));
            model.Feedback.Explicit?.Row(item).CopyTo(items.Row(item)[shape.ExplicitStart..]);
            model.Feedback.Implicit?.Row(item).CopyTo(items.Row(item)[shape.ImplicitStart..]);
        }

        FactorTable before = new(Items, shape.ItemWidth);
        before.CopyFrom(items);
        float[] biasBefore = [.. model.ItemBiases];
        FactorTable own = new(1, shape.UserWidth);
        float[] bias = new float[1];
        RatingMatrix row = Ratings.Rows(3, 4);
        FeedbackKernel.RunUsers(
            shape, new UserFeedback(row), 0, 1, FeedbackStep.Of(options, model.Units, 0.03f), own, bias, items, [.. model.ItemBiases]);
        float[] profile = new float[model.Rank];
        FeedbackKernel.Describe(
            shape, row.RowColumns(0), row.RowValues(0), row.RowColumns(0), model.Units, bias[0], own.Row(0), before, biasBefore, profile);

        FoldedUser folded = new UserFoldIn(saved).Fit(Ratings.RowColumns(3), Ratings.RowValues(3));
        folded.Bias.ShouldBe(bias[0]);
        folded.Factors.ToArray().ShouldBe(profile);
    }

    [Fact]
    public void The_best_epoch_says_how_many_passes_there_are()
    {
        SavedModel saved = FoldInModels.Train(ModelKinds.SvdPlusPlus, Ratings);
        FoldedUser At(int epochs, double? best) => new UserFoldIn(new SavedModel(
            saved.Model, saved.Users, saved.Items, [], Ratings,
            TestModels.Describe(saved.Model.Kind, new KeyValuePair<string, object?>("epochs", epochs)) with
            {
                Metrics = best is { } epoch ? new Dictionary<string, double> { ["bestEpoch"] = epoch } : new Dictionary<string, double>(),
            })).Fit([1, 2, 3], [5, 5, 5]);

        At(20, 7).Bias.ShouldBe(At(7, null).Bias);
        At(20, 7).Bias.ShouldBeLessThan(At(20, null).Bias);
    }

    [Fact]
    public void A_posterior_is_that_of_theory()
    {
        // A = Λ + α Σ y yᵀ, A m = Λμ + α Σ (t − b_i) y, y = (q, 1), with μ and Λ of the users' (p, b): m₀ = 0, W₀⁻¹ = ν₀/2 I, ν₀ = k + 1, β₀ = 2.
        SavedModel saved = FoldInModels.Train(ModelKinds.Bpmf, Ratings);
        FactorModel model = saved.Model;
        int width = model.Rank + 1;
        double[] mean = new double[width];
        double[,] scatter = new double[width, width];
        for (int user = 0; user < Users; user++)
        {
            float[] p = [.. model.UserFactors!.Row(user), model.UserBiases[user]];
            for (int i = 0; i < width; i++)
            {
                mean[i] += p[i] / (Users + 2.0);
                scatter[i, i] += model.Spread!.UserVariances.Row(user)[i];
                for (int j = 0; j < width; j++)
                {
                    scatter[i, j] += (double)p[i] * p[j];
                }
            }
        }

        for (int i = 0; i < width; i++)
        {
            scatter[i, i] += width / 2.0;
            for (int j = 0; j < width; j++)
            {
                scatter[i, j] -= (Users + 2.0) * mean[i] * mean[j];
            }
        }

        double[,] precision = Inverse(scatter);
        double[] right = new double[width];
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j < width; j++)
            {
                precision[i, j] *= width + Users;
                right[i] += precision[i, j] * mean[j];
            }
        }

        int[] items = [4, 9, 20, 33];
        float[] ratings = [5, 1, 2.5f, 4];
        for (int t = 0; t < items.Length; t++)
        {
            float[] q = [.. model.ItemFactors!.Row(items[t]), 1];
            for (int i = 0; i < width; i++)
            {
                right[i] += 4 * (((ratings[t] - model.GlobalMean) / model.Unit) - model.ItemBiases[items[t]]) * q[i];
                for (int j = 0; j < width; j++)
                {
                    precision[i, j] += 4.0 * q[i] * q[j];
                }
            }
        }

        double[,] covariance = Inverse(precision);
        FoldedUser folded = new UserFoldIn(saved).Fit(items, ratings);
        float[] found = [.. folded.Factors.Span, folded.Bias];
        for (int i = 0; i < width; i++)
        {
            found[i].ShouldBe((float)Enumerable.Range(0, width).Sum(j => covariance[i, j] * right[j]), 1e-4f);
            folded.Variances!.Value.Span[i].ShouldBe((float)covariance[i, i], 1e-5f);
        }

        // Few ratings leave more open than many.
        double? deviation = new Predictor(saved).Predict(folded, 0).Deviation;
        deviation!.Value.ShouldBeGreaterThan(new Predictor(saved).Predict(new UserFoldIn(saved).Fit(Ratings.RowColumns(0), Ratings.RowValues(0)), 0).Deviation!.Value);
        deviation.Value.ShouldBeGreaterThan(0.5);
    }

    [Fact]
    public void One_rating_moves_a_new_user_of_mf_little_and_many_move_it_much()
    {
        SavedModel saved = FoldInModels.Train(ModelKinds.Mf, Ratings);
        UserFoldIn foldIn = new(saved);
        float one = foldIn.Fit([0], [5]).Bias;
        float many = foldIn.Fit([.. Enumerable.Range(0, 40)], [.. Enumerable.Repeat(5f, 40)]).Bias;
        one.ShouldBeInRange(0, many);
        many.ShouldBeGreaterThan(2 * one);
    }

    [Fact]
    public void A_model_without_biases_folds_in_users_without_one()
    {
        FactorModel model = TestModels.Model(20, 12, 3, 1, "mf");
        Array.Clear(model.UserBiases);
        Array.Clear(model.ItemBiases);
        new UserFoldIn(FoldInModels.Save(model, TestModels.Ratings(20, 12, 1))).Fit([1, 2], [5, 5]).Bias.ShouldBe(0);
    }

    // Gauss-Jordan.
    private static double[,] Inverse(double[,] matrix)
    {
        int n = matrix.GetLength(0);
        double[,] left = (double[,])matrix.Clone(), inverse = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            inverse[i, i] = 1;
        }

        for (int pivot = 0; pivot < n; pivot++)
        {
            double scale = left[pivot, pivot];
            for (int j = 0; j < n; j++)
            {
                left[pivot, j] /= scale;
                inverse[pivot, j] /= scale;
            }

            for (int i = 0; i < n; i++)
            {
                double factor = left[i, pivot];
                for (int j = 0; j < n && i != pivot; j++)
                {
                    left[i, j] -= factor * left[pivot, j];
                    inverse[i, j] -= factor * inverse[pivot, j];
                }
            }
        }

        return inverse;
    }
}
