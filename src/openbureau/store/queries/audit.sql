-- add_figures
-- The published figures of a month with the entry that binds them.
-- touches: figures_report
-- for: jobs.log.figures
insert into bureau.figures_report (month, made_at, content, entry, leaf_hash) values (%s, %s, %s, %s, %s)
    on conflict (month) do nothing

-- kept_figures
-- The published figures of every month, oldest first.
-- touches: figures_report
-- for: jobs.log.figures, jobs.log.export
select month, content, entry, leaf_hash from bureau.figures_report order by month
