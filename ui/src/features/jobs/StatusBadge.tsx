import {
  Check,
  CircleAlert,
  CirclePause,
  CircleStop,
  Clock3,
  LoaderCircle,
  type LucideIcon,
} from "lucide-react";
import { Badge, type Tone } from "../../components/Badge";
import type { JobStatus } from "../../host/host";
import { texts } from "../../texts";

const looks: Record<JobStatus, { tone: Tone; icon: LucideIcon }> = {
  queued: { tone: "neutral", icon: Clock3 },
  processing: { tone: "accent", icon: LoaderCircle },
  paused: { tone: "caution", icon: CirclePause },
  completed: { tone: "accent", icon: Check },
  failed: { tone: "danger", icon: CircleAlert },
  cancelled: { tone: "neutral", icon: CircleStop },
};

export function StatusBadge({ status }: { status: JobStatus }) {
  return <Badge {...looks[status]}>{texts.job.statuses[status]}</Badge>;
}
