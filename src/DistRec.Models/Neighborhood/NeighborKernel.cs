namespace DistRec.Models.Neighborhood;

/// <summary>What an item's neighbours that a user has rated add to a prediction, in units of the tables.</summary>
public static class NeighborKernel
{
    /// <summary>
    /// Σ s_ij (r_uj − b_uj) / (κ + Σ s_ij) over the k most alike ones for <see cref="NeighborForm.Mean"/>, Σ θ_j (r_uj − b_uj) over those for
    /// <see cref="NeighborForm.Interpolation"/>, and |R|^-½ Σ ((r_uj − b_uj) w_ij + c_ij) over those of the list for <see cref="NeighborForm.Sum"/> ([K08], equations 3,
    /// where κ is 0, and 10), Σ w_ij for <see cref="NeighborForm.Total"/>; 0 where the user has rated none.
    /// </summary>
    /// <param name="shape">Where the parts of the list lie.</param>
    /// <param name="list">The item's list.</param>
    /// <param name="rated">What the user has rated.</param>
    /// <param name="lists">Where the lists of those are; not asked but for interpolation.</param>
    public static float Score(NeighborShape shape, ReadOnlySpan<float> list, RatedItems rated, IItemLists? lists = null)
    {
        ArgumentNullException.ThrowIfNull(rated);
        if (shape.Form == NeighborForm.Interpolation)
        {
            return (float)Terms(shape, list, rated, lists).Sum(term => term.Value);
        }

        if (shape.Form == NeighborForm.Total)
        {
            return Total(shape, list, rated);
        }

        double sum = 0, weights = 0;
        int found = 0;
        ReadOnlySpan<float> own = list.Slice(shape.WeightsStart, shape.Length);
        for (int place = 0; place < shape.Length && list[place] >= 0 && found < shape.Most; place++)
        {
            int neighbor = (int)list[place];
            if (rated.Has(neighbor) != 0)
            {
                found++;
                sum += (double)own[place] * rated.ResidualOf(neighbor);
                weights += own[place];
                sum += shape.HasImplicit ? list[shape.ImplicitStart + place] : 0;
            }
        }

        return found == 0 ? 0 : (float)(shape.Form == NeighborForm.Mean ? sum / (shape.Damping + weights) : sum / Math.Sqrt(found));
    }

    // Σ w_ij in the order of the items.
    private static float Total(NeighborShape shape, ReadOnlySpan<float> list, RatedItems rated)
    {
        double total = 0;
        for (int place = 0; place < shape.Length && list[place] >= 0; place++)
        {
            total += rated.Has((int)list[place]) != 0 ? list[shape.WeightsStart + place] : 0;
        }

        return (float)total;
    }

    /// <summary>What each of the user's ratings adds to <see cref="Score"/>: index of the rated item, its weight, and the summand.</summary>
    /// <param name="shape">Where the parts of the list lie.</param>
    /// <param name="list">The item's list.</param>
    /// <param name="rated">What the user has rated.</param>
    /// <param name="lists">Where the lists of those are; not asked but for interpolation.</param>
    public static IReadOnlyList<(int Item, double Weight, double Value)> Terms(NeighborShape shape, ReadOnlySpan<float> list, RatedItems rated, IItemLists? lists = null)
    {
        ArgumentNullException.ThrowIfNull(rated);
        int[] places = new int[Math.Min(shape.Most, shape.Length)];
        int found = 0;
        for (int place = 0; place < shape.Length && list[place] >= 0 && found < places.Length; place++)
        {
            places[found] = place;
            found += rated.Has((int)list[place]);
        }

        double[] weights = new double[found];
        if (shape.Form == NeighborForm.Interpolation)
        {
            ArgumentNullException.ThrowIfNull(lists);
            Interpolation.Solve(shape, list, places.AsSpan(0, found), lists, weights);
        }

        double divisor = shape.Form is NeighborForm.Interpolation or NeighborForm.Total ? 1 : shape.Form == NeighborForm.Sum ? Math.Sqrt(found) : shape.Damping;
        for (int index = 0; index < found && shape.Form != NeighborForm.Interpolation; index++)
        {
            weights[index] = list[shape.WeightsStart + places[index]];
            divisor += shape.Form == NeighborForm.Mean ? weights[index] : 0;
        }

        var terms = new (int Item, double Weight, double Value)[found];
        for (int index = 0; index < found; index++)
        {
            int neighbor = (int)list[places[index]];
            double ofAny = shape.HasImplicit ? list[shape.ImplicitStart + places[index]] : 0;
            double of = shape.Form == NeighborForm.Total ? 1 : rated.ResidualOf(neighbor);
            terms[index] = (neighbor, weights[index] / divisor, ((weights[index] * of) + ofAny) / divisor);
        }

        return terms;
    }
}
