namespace DistRec.Models.Neighborhood;

/// <summary>
/// Stochastic gradient descent on the weights of lists of neighbours: after each rating, for the rated items j of i's list, w_ij += γ(|R|^-½ e (r_uj − b_uj) − λ w_ij) and
/// c_ij += γ(|R|^-½ e − λ c_ij) ([K08], section 4). One user after another, by one thread.
/// </summary>
/// <param name="shape">Where the parts of a list lie.</param>
/// <param name="itemCount">Items of the model.</param>
internal sealed unsafe class NeighborDescent(NeighborShape shape, int itemCount)
{
    private readonly RatedItems _rated = new(itemCount);
    private readonly int[] _places = new int[shape.Length];
    private readonly float[] _residuals = new float[shape.Length];
    private int _found;

    /// <summary>Takes another user's ratings.</summary>
    /// <param name="items">R(u), by global index, ascending.</param>
    /// <returns>Receives what each is off its baseline.</returns>
    public Span<float> Begin(ReadOnlySpan<int> items) => _rated.Set(items);

    /// <summary>What neighbours add to the prediction of an item; remembers which.</summary>
    /// <param name="list">The item's list.</param>
    public float Score(float* list)
    {
        float* weights = list + shape.WeightsStart;
        float* ofAny = list + shape.ImplicitStart;
        float sum = 0;
        int found = 0;

        // Which of them are rated cannot be foreseen, so nothing branches on it.
        for (int place = 0; place < shape.Length && list[place] >= 0; place++)
        {
            _places[found] = place;
            found += _rated.Has(float.ConvertToIntegerNative<int>(list[place]));
        }

        for (int index = 0; index < found; index++)
        {
            int place = _places[index];
            float residual = _residuals[index] = _rated.ResidualOf((int)list[place]);
            sum += (weights[place] * residual) + ofAny[place];
        }

        _found = found;
        return found == 0 ? 0 : sum / MathF.Sqrt(found);
    }

    /// <summary>Moves the weights of the item that was scored last.</summary>
    /// <param name="list">The item's list.</param>
    /// <param name="error">e.</param>
    /// <param name="rate">γ.</param>
    /// <param name="regularization">λ.</param>
    public void Move(float* list, float error, float rate, float regularization)
    {
        float* weights = list + shape.WeightsStart;
        float* ofAny = list + shape.ImplicitStart;
        float shrink = 1 - (rate * regularization), move = _found == 0 ? 0 : rate * error / MathF.Sqrt(_found);
        for (int index = 0; index < _found; index++)
        {
            int place = _places[index];
            weights[place] = (weights[place] * shrink) + (move * _residuals[index]);
            ofAny[place] = (ofAny[place] * shrink) + move;
        }
    }
}
